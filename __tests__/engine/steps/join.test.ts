import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import type { Cluster } from '../../../src/engine/cluster.ts';
import { init } from '../../../src/engine/steps/init.ts';
import { join } from '../../../src/engine/steps/join.ts';
import { caHash } from '../../../src/kube/join-token.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { hostState } from '../../helpers/host-state.ts';
import { CONFIG, configLife, kubeadmCluster, visibleOn } from '../../helpers/kubeadm-hosts.ts';
import { testCa } from '../../helpers/test-ca.ts';

const tools = { signal: quiet, log: () => undefined };
const joinAt = (cluster: Cluster, index: number) => {
  const [host = cluster.controlPlane] = cluster.hosts.slice(index);
  return join.run(cluster, host, tools);
};
const joinAll = ({ cluster }: { cluster: Cluster }) =>
  Promise.all(cluster.hosts.slice(1).map((_, index) => joinAt(cluster, index + 1)));
async function initialised(options: Parameters<typeof kubeadmCluster>[0] = {}) {
  const at = kubeadmCluster(options);
  await init.run(at.cluster, at.cluster.controlPlane, tools);
  return at;
}
/** Gives the second host the state that an earlier run left. */
function leave(at: ReturnType<typeof kubeadmCluster>, state: Parameters<typeof hostState>[0]): void {
  const [, second] = at.cluster.hosts;
  if (second !== undefined) second.state = hostState(state);
}
/** A cluster of an earlier run, in which the API server answers and knows no other nodes. */
function standing(options: Parameters<typeof kubeadmCluster>[0] = {}) {
  const at = kubeadmCluster(options);
  at.cluster.controlPlane.state = hostState({ phase: 'member', role: 'control-plane' });
  at.runner.on(/ get node /, '');
  return at;
}

describe('kubeadm join', () => {
  test('runs on each host from a private file that is gone afterwards, with init’s token and the CA pinned', async () => {
    const at = await initialised();
    expect(await joinAll(at)).toEqual([{ changed: true }, { changed: true }]);
    for (const [index, runner] of [...at.runners.entries()].slice(1)) {
      expect(at.units[index]?.started).toEqual([['/usr/local/bin/kubeadm', 'join', `--config=${CONFIG}`]]);
      expect(runner.uploads.find(({ path }) => path === CONFIG)?.options).toMatchObject({ mode: 0o600 });
      expect(parse(runner.uploaded(CONFIG) ?? '')).toMatchObject({
        discovery: { bootstrapToken: { token: at.cluster.join?.token, caCertHashes: [caHash(testCa)] } },
      });
      expect(configLife(runner)).toEqual(['used', 'removed']);
      expect(at.cluster.hosts[index]?.state?.phase).toBe('member');
    }
  });

  test('no secret is in any argument, and files with secrets are private', async () => {
    const at = await initialised({ controlPlanes: 2 });
    await joinAll(at);
    expect(at.secrets()).toHaveLength(2);
    for (const secret of at.secrets()) {
      expect(visibleOn(at.runners)).not.toContain(secret);
      for (const { content, options } of at.runners.flatMap(({ uploads }) => uploads)) {
        const data = 'data' in content ? Buffer.from(content.data).toString() : '';
        expect(data.includes(secret) && options.mode !== 0o600).toBe(false);
      }
    }
  });

  test('control planes join one after the other, workers at once', async () => {
    const at = await initialised({ hosts: 5, controlPlanes: 3 });
    const order: string[] = [];
    const gate = Promise.withResolvers<undefined>();
    for (const [index, runner] of at.runners.entries()) {
      runner.on(
        (line) => line.includes('tail '),
        async (argv) => {
          order.push(`${String(index)} begins`);
          if (index === 1) await gate.promise;
          if (order.length >= 3) gate.resolve(undefined);
          order.push(`${String(index)} ends`);
          return `\n${argv[6] ?? ''} active 0 success`;
        },
      );
    }
    await joinAll(at);
    expect(order.indexOf('2 begins')).toBeGreaterThan(order.indexOf('1 ends'));
    expect(order.indexOf('3 begins')).toBeLessThan(order.indexOf('1 ends'));
    expect(order.indexOf('4 begins')).toBeLessThan(order.indexOf('1 ends'));
  });

  test('a failure is E_JOIN with kubeadm’s words, without the token, and the file is gone', async () => {
    const at = await initialised({ units: [{}, { ending: 'failed 1 exit-code' }] });
    const token = at.cluster.join?.token ?? '';
    at.runners[1]?.on(
      (line) => line.includes('tail '),
      (argv) => `error: token ${token}: JWS signature wrong\n\n${argv[6] ?? ''} failed 1 exit-code`,
    );
    const error = await bootstrapFailure(joinAt(at.cluster, 1));
    expect(error).toMatchObject({
      code: 'E_JOIN',
      host: '10.0.0.2',
      hint: expect.stringContaining('control plane'),
    });
    expect(error.message).toBe(
      'kubeadm join failed: the control plane’s identity could not be verified with the pinned CA hash\nerror: token ***: JWS signature wrong',
    );
    expect(at.runners[1] && configLife(at.runners[1])).toEqual(['used', 'removed']);
  });

  test('one control plane’s failure does not keep the next from its turn', async () => {
    const at = await initialised({ controlPlanes: 3, units: [{}, { ending: 'failed 1 exit-code' }] });
    const [first, second] = await Promise.allSettled([joinAt(at.cluster, 1), joinAt(at.cluster, 2)]);
    expect([first.status, second.status]).toEqual(['rejected', 'fulfilled']);
  });
});

describe('kubeadm join of a later run', () => {
  test('mints one token for all, on the control plane, off its command line', async () => {
    const at = standing();
    await joinAll(at);
    expect(at.runner.lines.filter((line) => line.includes('token create'))).toHaveLength(1);
    expect(parse(at.runner.uploaded(CONFIG) ?? '')).toMatchObject({
      bootstrapTokens: [{ token: at.cluster.join?.token }],
    });
    expect(configLife(at.runner)).toEqual(['used', 'removed']);
    expect(at.secrets()).toEqual([at.cluster.join?.token]);
    expect(visibleOn(at.runners)).not.toContain(at.cluster.join?.token);
  });

  test('a token that cannot be made leaves no file', async () => {
    const at = standing({ hosts: 2 });
    at.runner.on('/usr/local/bin/kubeadm token create', { exitCode: 1 });
    expect(await bootstrapFailure(joinAt(at.cluster, 1))).toMatchObject({ code: 'E_COMMAND' });
    expect(configLife(at.runner)).toEqual(['used', 'removed']);
  });

  test('a node that is there is left alone', async () => {
    const at = standing({ hosts: 2 });
    at.runner.on(/ get node host-2 --ignore-not-found -o name$/, 'node/host-2\n');
    leave(at, { phase: 'member' });
    expect(await joinAt(at.cluster, 1)).toEqual({ changed: false, note: 'a node already' });
    expect(at.runners[1]?.calls).toEqual([]);
    expect(at.cluster).toMatchObject({ changing: false, tokenIds: [] });
  });

  test.each([
    ['that the API server does not know', '\n', { code: 'E_JOIN', host: '10.0.0.2' }, 'no node host-2'],
    [
      'of which nothing is known for now',
      { exitCode: 1, stderr: 'Unable to connect' },
      { code: 'E_COMMAND' },
      'exited with 1',
    ],
  ])('a member %s is never reset', async (_name, answer, expected, words) => {
    const at = standing({ hosts: 2 });
    at.runner.on(/ get node host-2 /, answer);
    leave(at, { phase: 'member' });
    const error = await bootstrapFailure(joinAt(at.cluster, 1));
    expect(error).toMatchObject(expected);
    expect(error.message).toContain(words);
    expect([at.runners[1]?.calls, at.runners[1]?.uploads]).toEqual([[], []]);
    expect(at.cluster).toMatchObject({ changing: false, tokenIds: [] });
  });

  test.each([
    ['taken back when it ended', 'failed', 1],
    ['waited for while it runs', 'activating', 0],
  ])('an earlier attempt is %s', async (_name, active, resets) => {
    const at = standing({ hosts: 2, units: [{}, { attached: active === 'activating' }] });
    leave(at, { phase: 'joining' });
    at.runners[1]?.on('systemctl show -p ActiveState', `${active}\n`);
    expect(await joinAt(at.cluster, 1)).toEqual({ changed: true });
    expect(at.runners[1]?.lines.filter((line) => line.includes('kubeadm reset'))).toHaveLength(resets);
    expect(at.units[1]?.started).toHaveLength(resets);
    expect(at.cluster.hosts[1]?.state?.phase).toBe('member');
  });

  test('a node that an earlier run could only not tell of is taken as it is', async () => {
    const at = standing({ hosts: 2 });
    leave(at, { phase: 'joining' });
    at.runner.on(/ get node host-2 --ignore-not-found -o jsonpath=.*Ready/, 'True');
    expect(await joinAt(at.cluster, 1)).toEqual({ changed: true });
    expect(at.cluster.hosts[1]?.state?.phase).toBe('member');
    expect(at.runners[1]?.lines).toEqual([]);
    expect(at.cluster.tokenIds).toEqual([]);
  });

  test.each(['prepared', 'joining'] as const)('a control plane (%s) cannot be added later', async (phase) => {
    const at = standing({ hosts: 2, controlPlanes: 2 });
    leave(at, { phase, role: 'control-plane' });
    expect(await bootstrapFailure(joinAt(at.cluster, 1))).toMatchObject({
      code: 'E_JOIN',
      message: 'control planes can only be added while the cluster is made',
    });
    expect(at.units[1]?.started).toEqual([]);
    // Whatever was minted is known, so that it is revoked.
    expect(at.cluster.tokenIds).toEqual([at.secrets()[0]?.slice(0, 6)]);
  });
});
