import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';

const built = ['main', 'cache', 'cli'].every((name) => existsSync(`dist/${name}/index.js`));
let dir: string;

function start(file: string, argv: readonly string[], env: Readonly<Record<string, string>>) {
  const result = spawnSync(process.execPath, [file, ...argv], {
    encoding: 'utf8',
    env: { PATH: '/usr/bin:/bin', ...env },
  });
  return { status: result.status, stdout: result.stdout, stderr: result.stderr };
}

beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-bundle-'));
});
afterAll(() => {
  rmSync(dir, { recursive: true });
});

(built ? describe : describe.skip)('the bundle', () => {
  const env = () => {
    const files = ['GITHUB_OUTPUT', 'GITHUB_ENV', 'GITHUB_STATE', 'GITHUB_STEP_SUMMARY'].map(
      (name) => [name, join(dir, name)] as const,
    );
    for (const [, path] of files) writeFileSync(path, '');
    return { ...Object.fromEntries(files), RUNNER_TEMP: dir, HOME: dir };
  };

  test('of the main step asks for hosts where there are no inputs', () => {
    const { status, stdout, stderr } = start('dist/main/index.js', [], env());
    expect(stdout).toMatch(/^::error title=k8s-bootstrap%3A E_SPEC::.*hosts/m);
    expect(stderr).toBe('');
    expect(status).toBe(1);
    expect(readFileSync(join(dir, 'GITHUB_STATE'), 'utf8')).toBe('');
  });

  test('of the main step needs a runner', () => {
    const { status, stdout } = start('dist/main/index.js', [], {});
    expect(stdout.trim()).toMatch(
      /^::error .*E_OUTPUT::the environment variable GITHUB_OUTPUT is not set.*$/,
    );
    expect(status).toBe(1);
  });

  test('of the post step has nothing to do after nothing', () => {
    expect(start('dist/post/index.js', [], env())).toEqual({
      status: 0,
      stdout: 'nothing was changed, nothing to clean up\n',
      stderr: '',
    });
  });

  test('of the cache’s client says that there is no cache', () => {
    expect(start('dist/cache/index.js', ['restore', 'key', 'file'], env())).toMatchObject({
      status: 11,
      stderr: '',
    });
  });

  test('of the command line is a program', () => {
    expect(readFileSync('dist/cli/index.js', 'utf8')).toMatch(/^#!\/usr\/bin\/env node\n/);
    expect(start('dist/cli/index.js', ['--help'], {}).stdout).toContain('Usage: k8s-bootstrap <command>');
    expect(start('dist/cli/index.js', ['up'], { HOME: dir })).toMatchObject({ status: 3, stdout: '' });
  });
});
