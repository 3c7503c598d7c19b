import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { Readable, Writable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Cluster } from '../../../src/engine/cluster.ts';
import { look } from '../../../src/engine/steps/connect.ts';
import { locate } from '../../../src/engine/steps/locate.ts';
import { paths } from '../../../src/host/paths.ts';
import { BootstrapError } from '../../../src/lib/errors.ts';
import { fakeCluster, fakeFacts, release } from '../../helpers/cluster.ts';
import { factsOutput, factsSections } from '../../helpers/facts-output.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import type { FakeResult } from '../../helpers/fake-runner.ts';
import { hostState } from '../../helpers/host-state.ts';
import { SandboxShell } from '../../helpers/sandbox-shell.ts';

/** Every promise that can go on has gone on. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));
const tools = { signal: quiet, log: () => undefined };

function setUp(sections: Record<string, string> = {}, lock: FakeResult = 'locked\n') {
  const known = fakeCluster({ hosts: 1 });
  const aborted: BootstrapError[] = [];
  const { promise: abortion, resolve } = Promise.withResolvers<BootstrapError>();
  const { spec, cni, events, clock, redactor, connect } = known.cluster;
  const abort = (error: BootstrapError) => {
    aborted.push(error);
    resolve(error);
  };
  const cluster = new Cluster({ spec, cni, events, clock, redactor, connect, abort });
  cluster.controlPlane.attach(known.runner);
  cluster.controlPlane.learn(fakeFacts());
  const at = { ...known, cluster, aborted, abortion };
  at.runner
    .on('sh -c', (argv) => factsOutput(argv[4] ?? '', { ...factsSections(), ...sections }))
    .on(/flock -n/, lock);
  const run = async (id: string) => {
    const step = look.find((candidate) => candidate.id === id);
    if (step === undefined || step.scope === 'cluster') throw new TypeError('a step of hosts');
    return step.run(at.cluster, at.cluster.controlPlane, tools);
  };
  return { ...at, host: at.cluster.controlPlane, run };
}

describe('looking at a host', () => {
  test('goes in order', () => {
    expect(look.map(({ id, needs }) => [id, needs])).toEqual([
      ['connect', []],
      ['lock', ['connect']],
      ['facts', ['lock']],
    ]);
  });

  test('the lock is held, and given back before the connection', async () => {
    const { run, cluster, runner } = setUp();
    await run('connect');
    expect(await run('lock')).toEqual({ changed: false });
    expect(runner.held.size).toBe(1);
    expect(runner.calls[0]?.argv).toContain(cluster.runId);
    await cluster.releases[0]?.();
    expect([runner.held.size, runner.closed]).toEqual([0, false]);
    await cluster.releases[1]?.();
    expect(runner.closed).toBe(true);
  });

  test('a host that another run holds is E_LOCKED, and not waited for', async () => {
    const { run, runner, cluster } = setUp({}, 'held by run 1234\u001b[31m\n');
    expect(await bootstrapFailure(run('lock'))).toMatchObject({
      code: 'E_LOCKED',
      message: expect.stringContaining('(held by run 1234)'),
    });
    expect(runner.held.size).toBe(0);
    await release(cluster);
    expect(runner.closed).toBe(false);
  });

  test('a lock that was lost with its connection is taken again, and given back in the end', async () => {
    const { run, runner, cluster, aborted } = setUp();
    await run('lock');
    const again = Promise.withResolvers<undefined>();
    runner.on(/flock -n/, () => {
      again.resolve(undefined);
      return 'locked\n';
    });
    runner.loseHeld();
    await again.promise;
    await settled();
    expect(runner.lines.filter((line) => line.includes('flock'))).toHaveLength(2);
    expect(runner.held.size).toBe(1);
    await cluster.releases[0]?.();
    expect([runner.held.size, aborted]).toEqual([0, []]);
  });

  test('a lock that another run took meanwhile ends this run', async () => {
    const { run, runner, abortion } = setUp();
    await run('lock');
    runner.on(/flock -n/, 'held by run 99\n');
    runner.loseHeld();
    expect(await abortion).toMatchObject({
      code: 'E_LOCKED',
      host: '10.0.0.1',
      step: 'lock',
      message: expect.stringContaining('(held by run 99)'),
    });
    expect(runner.held.size).toBe(0);
  });

  test('a host that is away for a while is tried again, one that stays away ends the run', async () => {
    const { run, runner, abortion } = setUp();
    await run('lock');
    let tries = 0;
    runner.on(/flock -n/, () => {
      tries += 1;
      throw new BootstrapError(tries % 2 === 0 ? 'E_LOST' : 'E_CONNECT', 'gone');
    });
    runner.loseHeld();
    expect(await abortion).toMatchObject({ code: 'E_LOST', host: '10.0.0.1', step: 'lock' });
    expect(tries).toBe(6);
  });

  describe('the lock’s script, run for real', () => {
    let shell: SandboxShell;
    const held: ChildProcessByStdio<Writable, Readable, null>[] = [];
    beforeEach(() => {
      shell = new SandboxShell();
    });
    afterEach(() => {
      for (const child of held.splice(0)) child.kill('SIGKILL');
      shell[Symbol.dispose]();
    });
    /** Takes the lock as a run of this name would, over a connection of its own. */
    const take = async (name: string) => {
      const { run, runner, cluster } = setUp();
      await run('lock');
      const argv = (runner.calls[0]?.argv ?? []).map((word) =>
        word === paths.lock ? shell.path('lock') : word === cluster.runId ? name : word,
      );
      const child = spawn(argv[0] ?? '', argv.slice(1), { stdio: ['pipe', 'pipe', 'inherit'] });
      held.push(child);
      const [line] = (await once(createInterface({ input: child.stdout }), 'line')) as [string];
      const leave = async (): Promise<void> => {
        child.stdin.end();
        await once(child, 'close');
      };
      return { line, leave };
    };

    test('one run at a time; who leaves leaves nothing', async () => {
      const first = await take('run a');
      expect(first.line).toBe('locked');
      expect((await take('run b')).line).toBe('held by run a');
      await first.leave();
      expect(existsSync(shell.path('lock'))).toBe(false);
      expect((await take('run c')).line).toBe('locked');
    });

    test('a run that lost its connection waits for its former self to be gone', async () => {
      const former = await take('run a');
      const again = take('run a');
      await former.leave();
      expect((await again).line).toBe('locked');
    });
  });

  test('facts are learnt, with the state of an earlier run', async () => {
    const { run, host } = setUp({ hostname: 'new', state: JSON.stringify(hostState()) });
    expect(await run('facts')).toEqual({
      changed: false,
      note: 'Debian GNU/Linux 12 (bookworm), 2 CPUs, 4.0 GiB',
    });
    expect(host.facts.hostname).toBe('new');
    expect(host.state).toEqual(hostState());
  });

  test('a state that cannot be read is no state of ours', async () => {
    const { run, host } = setUp({ state: '{"schemaVersion":9}' });
    await run('facts');
    expect(host.state).toBeUndefined();
    expect(host.facts.state).toBe('{"schemaVersion":9}');
  });
});

describe('locate', () => {
  const member = hostState({ phase: 'member', role: 'control-plane', kubernetesVersion: '1.35.1' });

  test('finds the cluster and its version', async () => {
    const { cluster, host, runner } = setUp();
    host.state = member;
    runner.on(/readyz/, 'ok');
    expect(await locate.run(cluster, tools)).toEqual({ changed: false, note: 'Kubernetes 1.35.1' });
    expect(cluster.kubernetesVersion).toBe('1.35.1');
  });

  test.each([
    ['none', undefined],
    ['prepared only', hostState()],
    ['another one', hostState({ phase: 'member', cluster: 'other' })],
  ])('no cluster there: %s', async (_name, state) => {
    const { cluster, host, runner } = setUp();
    host.state = state;
    expect(await bootstrapFailure(locate.run(cluster, tools))).toMatchObject({
      code: 'E_NODES',
      host: '10.0.0.1',
      message: 'there is no cluster "test" on 10.0.0.1',
    });
    expect(runner.calls).toEqual([]);
  });

  test('an API server that does not answer is E_NODES', async () => {
    const { cluster, host, runner } = setUp();
    host.state = member;
    runner.on(/readyz/, { exitCode: 1 });
    expect(await bootstrapFailure(locate.run(cluster, tools))).toMatchObject({
      code: 'E_NODES',
      message: 'the API server does not answer',
    });
  });
});
