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
import { syncFiles } from '../../src/host/files.ts';
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

describe('syncFiles, run for real', () => {
  test('writes what differs, tells which, and leaves what is right alone', async () => {
    const [same, other, fresh] = ['same', 'other', 'deep/er/fresh'].map((name) => at.shell.path(name));
    if (same === undefined || other === undefined || fresh === undefined) throw new TypeError('paths');
    writeFileSync(same, 'same');
    writeFileSync(other, 'much longer than before');
    const before = statSync(same).ino;
    const content = 'ä $(id) `id` "\' \\n\n\0binary\n\n';
    const changed = await syncFiles(
      at.host,
      [
        { path: same, content: 'same' },
        { path: other, content: '' },
        { path: fresh, content, mode: 0o600 },
      ],
      options,
    );
    expect(changed).toEqual([other, fresh]);
    expect(statSync(same).ino).toBe(before);
    expect(readFileSync(other, 'utf8')).toBe('');
    expect(readFileSync(fresh, 'utf8')).toBe(content);
    expect([other, fresh].map((path) => (statSync(path).mode & 0o777).toString(8))).toEqual(['644', '600']);
    expect(readdirSync(at.shell.dir).sort()).toEqual(['bin', 'deep', 'other', 'same']);
  });

  test('one round trip, and the contents only on stdin', async () => {
    await syncFiles(at.host, [{ path: at.shell.path('x'), content: 'hidden' }], options);
    expect(at.runner.calls).toHaveLength(1);
    expect(at.runner.lines[0]).not.toMatch(/hidden|aGlkZGVu/);
  });

  test('what cannot be written is an error', async () => {
    writeFileSync(at.shell.path('file'), '');
    const work = syncFiles(at.host, [{ path: at.shell.path('file/x'), content: '' }], options);
    expect(await bootstrapFailure(work)).toMatchObject({ code: 'E_COMMAND' });
  });

  test('names with blanks are refused before anything is done', async () => {
    const work = syncFiles(at.host, [{ path: '/a b', content: '' }], options);
    expect(await bootstrapFailure(work)).toMatchObject({ code: 'E_INTERNAL' });
    expect(at.runner.calls).toEqual([]);
  });

  test('nothing is kept of the old file, not even its mode', async () => {
    const path = at.shell.path('dir/x');
    mkdirSync(at.shell.path('dir'));
    writeFileSync(path, 'old');
    chmodSync(path, 0o777);
    await syncFiles(at.host, [{ path, content: 'new' }], options);
    expect((statSync(path).mode & 0o777).toString(8)).toBe('644');
    expect(existsSync(`${path}.k8s-bootstrap`)).toBe(false);
  });
});
