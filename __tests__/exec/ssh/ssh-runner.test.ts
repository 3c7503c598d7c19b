import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { makeKey } from '../../helpers/ssh-keys.ts';
import { TestSshServer, type TestServerOptions } from '../../helpers/ssh-server.ts';
import { connectTo, failureOf, lossOf, targetOf } from '../../helpers/ssh-target.ts';

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), 'ssh-'));
});
afterEach(() => rm(dir, { recursive: true }));

const program = async (name: string, script: string): Promise<string> => {
  await writeFile(join(dir, name), `#!/bin/bash\n${script}`);
  await chmod(join(dir, name), 0o755);
  return join(dir, name);
};
/** Not root, and a sudo that behaves as told. */
const withSudo = async (script: string, options: TestServerOptions = {}): Promise<TestSshServer> => {
  await program('id', 'echo 1000');
  await program('sudo', script);
  return await TestSshServer.start({ path: dir, ...options });
};
const ASK = 'echo "sudo: a password is required" >&2; exit 1';
/** Takes -n and -S as sudo does: reads one line, and lets three wrong ones pass. */
const PASSWORD_SUDO = `
case "$1" in
-n) ${ASK} ;;
-k) for try in 1 2 3; do
      IFS= read -r password || { echo "sudo: no password was provided" >&2; exit 1; }
      if [ "$password" = right-password ]; then shift 5; AS_ROOT=yes exec "$@"; fi
      echo "Sorry, try again." >&2
    done
    echo "sudo: 3 incorrect password attempts" >&2; exit 1 ;;
esac`;

describe('sudo', () => {
  test('is not used by root', async () => {
    await program('id', 'echo 0');
    await program('sudo', 'exit 1');
    await using server = await TestSshServer.start({ path: dir });
    const runner = await connectTo(targetOf(server));
    await expect(runner.run(['echo', 'x'], { sudo: true })).resolves.toMatchObject({ stdout: 'x\n' });
    await runner.close();
  });

  test('without a password', async () => {
    await using server = await withSudo('[ "$1 $2" = "-n --" ] || exit 9; shift 2; AS_ROOT=yes exec "$@"');
    const runner = await connectTo(targetOf(server));
    const who = ['sh', '-c', 'echo "$AS_ROOT $A"; cat'];
    const result = await runner.run(who, { sudo: true, env: { A: 'b' }, input: 'in' });
    expect(result.stdout).toBe('yes b\nin');
    await expect(runner.run(who)).resolves.toMatchObject({ stdout: ' \n' });
    await runner.close();
  });

  test('with a password, which goes nowhere else', async () => {
    await using server = await withSudo(PASSWORD_SUDO);
    const runner = await connectTo(targetOf(server, { sudoPassword: 'right-password' }));
    const result = await runner.run(['sh', '-c', 'echo "$AS_ROOT"; cat'], { sudo: true, input: 'in' });
    expect(result).toMatchObject({ stdout: 'yes\nin', stderr: '' });
    await runner.upload({ data: 'data' }, join(dir, 'file'), { sudo: true });
    await expect(runner.run(['cat', join(dir, 'file')])).resolves.toMatchObject({ stdout: 'data' });
    await expect(runner.run(['sh', '-c', 'exit 1'], { sudo: true })).rejects.toMatchObject({
      code: 'E_COMMAND',
    });
    expect(server.commands.join()).not.toContain('right-password');
    await runner.close();
  });

  test('a password that sudo does not read does not reach the command', async () => {
    const script = `case "$1" in -n) ${ASK} ;; -k) shift 5; exec "$@" ;; esac`;
    await using server = await withSudo(script);
    const runner = await connectTo(targetOf(server, { sudoPassword: 'right-password' }));
    await expect(runner.run(['cat'], { sudo: true, input: 'in' })).resolves.toMatchObject({ stdout: 'in' });
    await runner.close();
  });

  test.each([
    ['asks for a password', ASK, undefined, 'sudo asks for a password'],
    ['does not take the password', PASSWORD_SUDO, 'wrong-password', 'sudo does not take the password'],
    [
      'wants a terminal',
      'echo "sudo: sorry, you must have a tty to run sudo" >&2; exit 1',
      undefined,
      'sudo wants a terminal',
    ],
    [
      'does not know the user',
      'cat >/dev/null; echo "me is not in the sudoers file." >&2; exit 1',
      'x-password',
      'the user may not use sudo for this',
    ],
    ['is broken', 'echo "sudo: broken" >&2; exit 5', undefined, 'sudo fails with exit code 5: sudo: broken'],
  ])('that %s', async (_name, script, sudoPassword, reason) => {
    await using server = await withSudo(script);
    const error = await failureOf(connectTo(targetOf(server, { sudoPassword })));
    expect(error).toMatchObject({
      code: 'E_SUDO',
      message: `me cannot become root: ${reason}`,
      host: '127.0.0.1',
    });
    if (sudoPassword !== undefined) expect(JSON.stringify(error)).not.toContain(sudoPassword);
  });

  test('that is not installed', async () => {
    await program('id', 'echo 1000');
    await program(
      'env',
      'shift; [ "$1" = sudo ] || exec /usr/bin/env "$@"; echo "env: sudo: No such file or directory" >&2; exit 127',
    );
    await using server = await TestSshServer.start({ path: dir });
    const error = await failureOf(connectTo(targetOf(server)));
    expect(error).toMatchObject({ code: 'E_SUDO', message: 'me cannot become root: sudo is not installed' });
  });

  test('that stops working later', async () => {
    await using server = await withSudo(`[ -e ${dir}/off ] && { ${ASK}; }; shift 2; exec "$@"`);
    const runner = await connectTo(targetOf(server));
    await writeFile(join(dir, 'off'), '');
    await expect(runner.run(['true'], { sudo: true })).rejects.toMatchObject({ code: 'E_SUDO' });
    await runner.close();
  });
});

describe('login shells', () => {
  test('what a profile prints is not the output of a command', async () => {
    const shell = await program(
      'noisy',
      'echo "Welcome ::error::x"; printf "no newline"; echo oops >&2; eval "$2"',
    );
    await using server = await TestSshServer.start({ shell: [shell, '-c'] });
    const runner = await connectTo(targetOf(server));
    const lines: string[] = [];
    const result = await runner.run(['sh', '-c', 'printf out; echo err >&2'], {
      onLine: (line) => lines.push(line),
    });
    expect(result).toMatchObject({ stdout: 'out', stderr: 'err\n' });
    expect(lines.sort()).toEqual(['err', 'out']);
    await runner.close();
  });

  test.each([
    [
      'nologin',
      'echo "This account is currently not available."; exit 1',
      'exit code 1, This account is currently not available.',
    ],
    ['a forced command', 'exec true', 'exit code 0'],
    ['endless noise', 'while echo noise; do :; done', 'noise'],
  ])('%s', async (_name, script, said) => {
    const shell = await program('shell', script);
    await using server = await TestSshServer.start({ shell: [shell, '-c'] });
    const error = await failureOf(connectTo(targetOf(server)));
    expect(error).toMatchObject({ code: 'E_SHELL', where: 'hosts[0]' });
    expect(error.message).toContain(said);
  });
});

describe('a lost connection', () => {
  test('ends the command under way, which is not run again; the next one reconnects', async () => {
    await using server = await TestSshServer.start();
    const runner = await connectTo(targetOf(server));
    const cut = (): void => {
      server.cut();
    };
    const script = 'echo run >>"$1"; echo go; sleep 60';
    const running = runner.run(['sh', '-c', script, 'sh', join(dir, 'runs')], { onLine: cut });
    expect(await failureOf(running)).toMatchObject({ code: 'E_LOST', host: '127.0.0.1' });
    expect(runner.connected).toBe(false);
    const results = await Promise.all([1, 2, 3].map(() => runner.run(['cat', join(dir, 'runs')])));
    expect(results.map(({ stdout }) => stdout)).toEqual(['run\n', 'run\n', 'run\n']);
    expect(server.connections).toBe(2);
    await runner.close();
  });

  test('is told to who holds a command', async () => {
    await using server = await TestSshServer.start();
    const runner = await connectTo(targetOf(server));
    const held = await runner.hold(['sh', '-c', 'echo locked; cat']);
    server.cut();
    await held.lost;
    await held.close();
    await runner.reconnect();
    expect(runner.connected).toBe(true);
    await runner.close();
  });

  test('a host that stays away', async () => {
    const server = await TestSshServer.start();
    const runner = await connectTo(targetOf(server), { timeoutMs: 300 });
    await server[Symbol.asyncDispose]();
    await lossOf(runner);
    const error = await failureOf(runner.run(['true']));
    expect(error).toMatchObject({ code: 'E_LOST', hint: expect.any(String) as unknown });
    await runner.close();
  });

  test('another host key after it is refused, also when the first was accepted as new', async () => {
    const first = await TestSshServer.start();
    const target = targetOf(first, { hostKey: undefined, hostKeyChecking: 'accept-new' });
    const runner = await connectTo(target);
    const { port } = first;
    await first[Symbol.asyncDispose]();
    await lossOf(runner);
    await using second = await TestSshServer.start({ hostKeys: [makeKey()] }, port);
    expect(await failureOf(runner.run(['true']))).toMatchObject({ code: 'E_HOSTKEY' });
    expect(second.authAttempts).toBe(0);
    await runner.close();
  });

  test('a closed runner runs nothing', async () => {
    await using server = await TestSshServer.start();
    const runner = await connectTo(targetOf(server));
    await runner.close();
    await runner.close();
    expect(await failureOf(runner.run(['true']))).toMatchObject({ code: 'E_LOST' });
    expect(server.connections).toBe(1);
  });
});

describe('sessions', () => {
  test('no more than eight at once', async () => {
    await using server = await TestSshServer.start({ maxSessions: 10 });
    const runner = await connectTo(targetOf(server));
    await Promise.all(Array.from({ length: 25 }, () => runner.run(['true'])));
    expect(server.peakSessions).toBe(8);
    await runner.close();
  });

  test('one that gives up while queueing leaves its place', async () => {
    await using server = await TestSshServer.start();
    const runner = await connectTo(targetOf(server));
    const holds = await Promise.all(
      Array.from({ length: 8 }, () => runner.hold(['sh', '-c', 'echo x; cat'])),
    );
    await expect(runner.run(['true'], { timeoutMs: 50 })).rejects.toMatchObject({ code: 'E_TIMEOUT' });
    await Promise.all(holds.map((held) => held.close()));
    const runs = Array.from({ length: 9 }, () => runner.run(['true']));
    await expect(Promise.all(runs)).resolves.toHaveLength(9);
    await runner.close();
  });

  test('a host that opens none', async () => {
    await using server = await TestSshServer.start({ maxSessions: 0 });
    expect(await failureOf(connectTo(targetOf(server)))).toMatchObject({ code: 'E_CONNECT' });
  });
});

test('a stream without end does not fill the memory', async () => {
  await using server = await TestSshServer.start();
  const runner = await connectTo(targetOf(server));
  const before = process.memoryUsage().rss;
  const result = await runner.run(['head', '-c', '100000000', '/dev/zero'], {
    maxOutputBytes: 10,
    onLine: () => undefined,
  });
  expect(result).toMatchObject({ exitCode: 0, truncated: true });
  expect(process.memoryUsage().rss - before).toBeLessThan(150e6);
  await runner.close();
}, 30_000);
