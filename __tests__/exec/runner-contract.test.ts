import { createHash, randomBytes } from 'node:crypto';
import { mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { DockerRunner } from '../../src/exec/docker.ts';
import { LocalRunner } from '../../src/exec/local.ts';
import type { Runner } from '../../src/exec/runner.ts';
import { connectSsh } from '../../src/exec/ssh/connect.ts';
import { systemClock } from '../../src/lib/clock.ts';
import { fakeDockerExec } from '../helpers/fake-docker-exec.ts';
import { makeKey } from '../helpers/ssh-keys.ts';
import { TestSshServer } from '../helpers/ssh-server.ts';

const transports: Record<string, () => Promise<{ runner: Runner; dispose: () => Promise<void> }>> = {
  local: () => Promise.resolve({ runner: new LocalRunner(), dispose: () => Promise.resolve() }),
  ssh: async () => {
    const key = makeKey();
    const server = await TestSshServer.start({ authorized: key });
    const { port, fingerprint: hostKey } = server;
    const login = { address: '127.0.0.1', port, user: 'me', privateKey: key.private };
    const target = { ...login, hostKey, hostKeyChecking: 'strict' } as const;
    const runner = await connectSsh(target, { timeoutMs: 5_000, clock: systemClock });
    return { runner, dispose: () => server[Symbol.asyncDispose]() };
  },
  docker: () => {
    const dispose = fakeDockerExec('c-worker');
    return Promise.resolve({
      runner: new DockerRunner('c-worker'),
      dispose: () => {
        dispose();
        return Promise.resolve();
      },
    });
  },
};

describe.each(Object.keys(transports))('%s runner', (name) => {
  let runner: Runner;
  let dispose: () => Promise<void>;
  let dir: string;

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), 'runner-'));
    const transport = await transports[name]?.();
    if (transport === undefined) throw new Error('no transport');
    ({ runner, dispose } = transport);
  });

  afterAll(async () => {
    await runner.close();
    await dispose();
    await rm(dir, { recursive: true });
  });

  test('gives stdout, stderr and exit code apart', async () => {
    const result = await runner.run(['sh', '-c', 'echo out; echo err >&2; exit 3'], { accept: [3] });
    expect(result).toEqual({ exitCode: 3, stdout: 'out\n', stderr: 'err\n', truncated: false });
  });

  test('an exit code that is not accepted is an error that says why', async () => {
    await expect(runner.run(['sh', '-c', 'echo no >&2; exit 4'])).rejects.toMatchObject({
      code: 'E_COMMAND',
      host: runner.target,
      result: { exitCode: 4 },
      message: expect.stringMatching(/exited with 4: no$/) as unknown,
    });
    await expect(runner.run(['false'], { accept: 'any' })).resolves.toMatchObject({ exitCode: 1 });
  });

  test('a command that does not exist exits with 127', async () => {
    await expect(runner.run(['/no/such/command'], { accept: 'any' })).resolves.toMatchObject({
      exitCode: 127,
    });
  });

  test('death by signal is 128+n', async () => {
    const result = await runner.run(['sh', '-c', 'kill -KILL $$'], { accept: 'any' });
    expect(result.exitCode).toBe(137);
  });

  test('arguments arrive as they are', async () => {
    const argument = fc.oneof(fc.string({ unit: 'binary' }), fc.stringMatching(/^[\s'"\\$`!*~%-]{0,8}$/));
    const usable = argument.map((text) => text.toWellFormed().replaceAll('\0', ''));
    await fc.assert(
      fc.asyncProperty(fc.array(usable, { maxLength: 4 }), async (args) => {
        const { stdout } = await runner.run(['printf', '%s\\0', '-', ...args]);
        expect(stdout).toBe(['-', ...args, ''].join('\0'));
      }),
      { numRuns: 30 },
    );
  }, 30_000);

  test('passes stdin and ends it', async () => {
    const input = randomBytes(3_000_000);
    const { stdout } = await runner.run(['sha256sum'], { input });
    expect(stdout).toContain(createHash('sha256').update(input).digest('hex'));
    await expect(runner.run(['cat'])).resolves.toMatchObject({ stdout: '' });
  });

  test('a command that does not read its stdin is no error', async () => {
    await expect(runner.run(['true'], { input: randomBytes(3_000_000) })).resolves.toMatchObject({
      exitCode: 0,
    });
  });

  test('sets the environment', async () => {
    const { stdout } = await runner.run(['sh', '-c', 'echo "$A"'], { env: { A: "it's $B" } });
    expect(stdout).toBe("it's $B\n");
  });

  test('keeps a bounded part of the output and says so', async () => {
    const script = 'head -c 20000000 /dev/zero | tr "\\0" x';
    const result = await runner.run(['sh', '-c', script], { maxOutputBytes: 1_000 });
    expect(result).toMatchObject({ exitCode: 0, truncated: true, stdout: 'x'.repeat(1_000) });
  });

  test('invalid UTF-8 is replaced', async () => {
    const { stdout } = await runner.run(['printf', 'a\\377b']);
    expect(stdout).toBe('a\ufffdb');
  });

  test('tells lines as they come, harmless and cut', async () => {
    const lines: string[] = [];
    const script =
      'printf "one\\rtwo\\r\\n::error::x\\n"; head -c 9000 /dev/zero | tr "\\0" y; printf "\\nlast"; echo e >&2';
    await runner.run(['sh', '-c', script], { onLine: (line, stream) => lines.push(`${stream}:${line}`) });
    const stdout = lines.filter((line) => line.startsWith('stdout')).map((line) => line.slice(7));
    expect(stdout.map((line) => line.slice(0, 20))).toEqual([
      'one',
      'two',
      ': :error::x',
      'y'.repeat(20),
      'last',
    ]);
    expect(stdout[3]).toHaveLength(4_000);
    expect(lines).toContain('stderr:e');
  });

  test('gives up after the timeout', async () => {
    await expect(runner.run(['sleep', '60'], { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'E_TIMEOUT',
      message: 'sleep 60 did not end within 0.1 s',
    });
  });

  test('an abort rejects with its reason, before and while running', async () => {
    const reason = new Error('enough');
    await expect(runner.run(['true'], { signal: AbortSignal.abort(reason) })).rejects.toBe(reason);
    const controller = new AbortController();
    const onLine = (): void => {
      controller.abort(reason);
    };
    const running = runner.run(['sh', '-c', 'echo go; sleep 60'], { signal: controller.signal, onLine });
    await expect(running).rejects.toBe(reason);
  });

  test('many at once', async () => {
    const numbers = Array.from({ length: 30 }, (_, index) => String(index));
    const results = await Promise.all(numbers.map((number) => runner.run(['echo', number])));
    expect(results.map(({ stdout }) => stdout.trim())).toEqual(numbers);
  });

  test('uploads data with its mode, into directories that it makes', async () => {
    const path = join(dir, "a/b'c", 'file');
    await runner.upload({ data: 'secret' }, path, { mode: 0o600 });
    await runner.upload({ data: 'shorter' }, path, { mode: 0o600 });
    expect(await readFile(path, 'utf8')).toBe('shorter');
    expect((await stat(path)).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, 'a'))).mode & 0o777).toBe(0o755);
    expect(await readdir(join(dir, "a/b'c"))).toEqual(['file']);
  });

  test('uploads a file', async () => {
    const data = randomBytes(5_000_000);
    await writeFile(join(dir, 'source'), data);
    await runner.upload({ path: join(dir, 'source') }, join(dir, 'copy'));
    expect((await readFile(join(dir, 'copy'))).equals(data)).toBe(true);
    expect((await stat(join(dir, 'copy'))).mode & 0o777).toBe(0o644);
  });

  test('an upload that is refused says why and leaves nothing', async () => {
    await expect(runner.upload({ data: 'x' }, dir)).rejects.toMatchObject({
      code: 'E_COMMAND',
      message: `cannot write ${dir}: is a directory`,
    });
    await expect(runner.upload({ path: join(dir, 'missing') }, join(dir, 'x'))).rejects.toThrow('ENOENT');
  });

  test('holds a command until closed', async () => {
    const file = join(dir, 'held');
    const held = await runner.hold(['sh', '-c', 'echo locked; cat; echo released >"$1"', 'sh', file]);
    expect(held.firstLine).toBe('locked');
    await held.close();
    expect(await readFile(file, 'utf8')).toBe('released\n');
  });

  test('tells when a held command ends by itself', async () => {
    const held = await runner.hold(['sh', '-c', 'echo locked; exit 0']);
    await expect(held.lost).resolves.toBeUndefined();
  });

  test('a command that cannot be held is an error', async () => {
    await expect(runner.hold(['sh', '-c', 'echo busy >&2; exit 9'])).rejects.toMatchObject({
      code: 'E_COMMAND',
      result: { exitCode: 9, stderr: 'busy\n' },
    });
    await expect(runner.hold(['sleep', '60'], { timeoutMs: 100 })).rejects.toMatchObject({
      code: 'E_TIMEOUT',
    });
  });
});

test('a container that is not there is an error that names it', async () => {
  const dispose = fakeDockerExec('c-worker');
  await expect(new DockerRunner('gone').run(['true'])).rejects.toMatchObject({
    code: 'E_COMMAND',
    host: 'gone',
    message: expect.stringMatching(/No such container: gone$/) as unknown,
  });
  dispose();
});
