import {
  chmodSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { writePrivateFile } from '../../src/kube/kubeconfig.ts';
import { bootstrapFailure } from '../helpers/failure.ts';

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'private-file-'));
});
afterEach(() => {
  rmSync(dir, { recursive: true });
});
const modeOf = (path: string): string => (statSync(path).mode & 0o777).toString(8);

describe('writePrivateFile', () => {
  test('neither mode nor tail of an older file survives', async () => {
    const path = join(dir, 'kubeconfig');
    writeFileSync(path, 'much longer than what comes');
    chmodSync(path, 0o644);
    await writePrivateFile(path, 'short');
    expect(readFileSync(path, 'utf8')).toBe('short');
    expect(modeOf(path)).toBe('600');
    expect(readdirSync(dir)).toEqual(['kubeconfig']);
  });

  test('makes directories that are missing, for the user alone', async () => {
    const path = join(dir, 'a', 'kubeconfig');
    await writePrivateFile(path, 'x');
    expect([modeOf(join(dir, 'a')), modeOf(path)]).toEqual(['700', '600']);
  });

  test('replaces a link and leaves what it points to alone', async () => {
    const target = join(dir, 'target');
    writeFileSync(target, 'other');
    symlinkSync(target, join(dir, 'kubeconfig'));
    await writePrivateFile(join(dir, 'kubeconfig'), 'x');
    expect(readFileSync(target, 'utf8')).toBe('other');
    expect(readFileSync(join(dir, 'kubeconfig'), 'utf8')).toBe('x');
  });

  test('does not write through a link that somebody planted', async () => {
    const path = join(dir, 'kubeconfig');
    const target = join(dir, 'target');
    symlinkSync(target, `${path}.${String(process.pid)}.tmp`);
    expect(await bootstrapFailure(writePrivateFile(path, 'x'))).toMatchObject({ code: 'E_OUTPUT' });
    expect(readdirSync(dir)).not.toContain('target');
  });

  test('a path that cannot be written is E_OUTPUT and leaves nothing', async () => {
    const path = join(dir, 'taken');
    mkdirSync(join(path, 'x'), { recursive: true });
    expect(await bootstrapFailure(writePrivateFile(path, 'x'))).toMatchObject({
      code: 'E_OUTPUT',
      message: `cannot write ${path}`,
    });
    expect(readdirSync(dir)).toEqual(['taken']);
  });
});
