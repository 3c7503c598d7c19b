import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { staleFiles, writeFiles, type HostFile } from '../../src/host/files.ts';
import { fakeCluster } from '../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../helpers/failure.ts';
import { SandboxShell } from '../helpers/sandbox-shell.ts';

const setUp = () => {
  const { cluster, runner } = fakeCluster();
  const shell = new SandboxShell();
  runner.on('sh -c', shell.run);
  return { host: cluster.controlPlane, runner, shell };
};
let at: ReturnType<typeof setUp>;
beforeEach(() => {
  at = setUp();
});
afterEach(() => {
  at.shell[Symbol.dispose]();
});
const options = { signal: quiet };
const paths = (files: readonly HostFile[]) => files.map(({ path }) => path);

describe('staleFiles, run for real', () => {
  test('names what is missing, differs in content or in mode, and touches nothing', async () => {
    const files = ['same', 'other', 'open', 'deep/fresh'].map((name) => ({
      path: at.shell.path(name),
      content: name,
    }));
    writeFileSync(at.shell.path('same'), 'same');
    writeFileSync(at.shell.path('other'), 'another');
    writeFileSync(at.shell.path('open'), 'open');
    chmodSync(at.shell.path('open'), 0o666);
    const stale = await staleFiles(at.host, files, options);
    expect(paths(stale)).toEqual(['other', 'open', 'deep/fresh'].map((name) => at.shell.path(name)));
    expect(readdirSync(at.shell.dir).sort()).toEqual(['bin', 'open', 'other', 'same']);
    expect(readFileSync(at.shell.path('other'), 'utf8')).toBe('another');
  });

  test('nothing of what was just written', async () => {
    const files = [{ path: at.shell.path('x'), content: 'x', mode: 0o600 }];
    await writeFiles(at.host, files, options);
    expect(await staleFiles(at.host, files, options)).toEqual([]);
  });
});

describe('writeFiles, run for real', () => {
  test('writes contents and modes as given', async () => {
    const [other, fresh] = [at.shell.path('other'), at.shell.path('deep/er/fresh')];
    writeFileSync(other, 'much longer than before');
    const content = 'ä $(id) `id` "\' \\n\n\0binary\n\n';
    await writeFiles(
      at.host,
      [
        { path: other, content: '' },
        { path: fresh, content, mode: 0o600 },
      ],
      options,
    );
    expect(readFileSync(other, 'utf8')).toBe('');
    expect(readFileSync(fresh, 'utf8')).toBe(content);
    expect([other, fresh].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(['644', '600']);
    expect(readdirSync(at.shell.dir).sort()).toEqual(['bin', 'deep', 'other']);
  });

  test('without files nobody is asked', async () => {
    await writeFiles(at.host, [], options);
    expect(at.runner.calls).toEqual([]);
  });

  test('one round trip, and the contents only on stdin', async () => {
    await writeFiles(at.host, [{ path: at.shell.path('x'), content: 'hidden' }], options);
    expect(at.runner.calls).toHaveLength(1);
    expect(at.runner.lines[0]).not.toMatch(/hidden|aGlkZGVu/);
  });

  test('what cannot be written is an error', async () => {
    writeFileSync(at.shell.path('file'), '');
    const work = writeFiles(at.host, [{ path: at.shell.path('file/x'), content: '' }], options);
    expect(await bootstrapFailure(work)).toMatchObject({ code: 'E_COMMAND' });
  });

  test('names with blanks are refused before anything is done', async () => {
    const work = writeFiles(at.host, [{ path: '/a b', content: '' }], options);
    expect(await bootstrapFailure(work)).toMatchObject({ code: 'E_INTERNAL' });
    expect(at.runner.calls).toEqual([]);
  });

  test('nothing is kept of the old file, not even its mode', async () => {
    const path = at.shell.path('dir/x');
    mkdirSync(at.shell.path('dir'));
    writeFileSync(path, 'old');
    chmodSync(path, 0o777);
    await writeFiles(at.host, [{ path, content: 'new' }], options);
    expect((statSync(path).mode & 0o777).toString(8)).toBe('644');
    expect(existsSync(`${path}.k8s-bootstrap`)).toBe(false);
  });
});
