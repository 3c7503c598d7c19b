import { describe, expect, test } from '@jest/globals';
import { explainKubeadm } from '../../src/engine/kubeadm-failure.ts';
import { fakeCluster } from '../helpers/cluster.ts';
import type { FakeResult } from '../helpers/fake-runner.ts';

const silent: FakeResult = '';

/** What becomes of kubeadm's words and the kubelet's. */
function explain(output: string, journal: FakeResult = silent, secret?: string) {
  const { cluster, runner } = fakeCluster();
  runner.on('journalctl -u kubelet ', journal);
  if (secret !== undefined) cluster.protect(secret);
  return explainKubeadm(cluster, cluster.controlPlane, 'E_INIT', 'kubeadm init', output);
}

const signs: [sign: string, says: string, hint: string][] = [
  ['[ERROR SystemVerification]: cgroup v1 support was removed', 'refuses cgroup v1', 'failCgroupV1: false'],
  ['kubelet: failCgroupV1 is set', 'refuses cgroup v1', 'failCgroupV1: false'],
  ["couldn't validate the identity of the API Server", 'pinned CA hash', 'no other API server'],
  ['error: JWS signature mismatch', 'pinned CA hash', 'no other API server'],
  ['cluster CA found in cluster-info does not match any pin', 'pinned CA hash', 'no other API server'],
  ['dial tcp 10.0.0.1:6443: connect: connection refused', 'could not be reached', 'port 6443'],
  ['dial tcp 10.0.0.1:6443: connect: no route to host', 'could not be reached', 'port 6443'],
  ['dial tcp 10.0.0.1:6443: i/o timeout', 'could not be reached', 'port 6443'],
  ['context deadline exceeded (https://10.0.0.1:6443/)', 'could not be reached', 'port 6443'],
  ['error: The kubelet is not running', 'kubelet did not come up', 'journalctl -u kubelet'],
  ['the kubelet is not healthy after 4m', 'kubelet did not come up', 'journalctl -u kubelet'],
];

describe('explainKubeadm', () => {
  test.each(signs)('%j in the output tells the cause', async (sign, says, hint) => {
    expect(await explain(`[init] begins\n${sign}\n`)).toMatchObject({
      code: 'E_INIT',
      host: '10.0.0.1',
      message: expect.stringMatching(new RegExp(`^kubeadm init failed: .*${says}.*\n`)),
      hint: expect.stringContaining(hint),
    });
  });

  test.each(signs)('%j in the kubelet’s journal does too', async (sign, says) => {
    const { message } = await explain('[init] ends\n', `started\n${sign}\n`);
    expect(message).toContain(says);
    expect(message).not.toContain(sign);
  });

  test('what it only warned of is no cause', async () => {
    const warnings = [
      "\t[WARNING SystemVerification]: cgroups v1 support is in maintenance mode, set 'FailCgroupV1' to 'false'",
      'W1130 07:57:50.1 12 kubelet.go:1] connection refused',
      '"Event occurred" reason="CgroupV1" message="cgroup v1 support is in maintenance mode"',
    ].join('\n');
    const { message } = await explain(`${warnings}\n\t[ERROR FileContent]: not set to 1`, warnings);
    expect(message).toBe('kubeadm init failed\n[ERROR FileContent]: not set to 1');
  });

  test('kubeadm’s own word outweighs the kubelet’s', async () => {
    const { message } = await explain('error: The kubelet is not running', 'connection refused');
    expect(message).toBe(
      'kubeadm init failed: the kubelet did not come up\nerror: The kubelet is not running',
    );
  });

  test('of several signs the one nearest to the cause counts', async () => {
    const { message } = await explain('The kubelet is not running\nconnection refused\ncgroup v1 support');
    expect(message).toMatch(/^kubeadm init failed: the kubelet refuses cgroup v1\n/);
  });

  test('without a known cause: the last error lines, and how to take the attempt back', async () => {
    const errors = [1, 2, 3, 4, 5].map((n) => `[ERROR Check-${String(n)}]: no`);
    const output = ['[preflight] begins', ...errors, 'see above', ''].join('\n');
    expect(await explain(output)).toMatchObject({
      message: `kubeadm init failed\n${errors.slice(1).join('\n')}`,
      hint: expect.stringContaining('k8s-bootstrap down'),
    });
  });

  test('without error lines: the last words, whatever they are', async () => {
    const { message } = await explain('one\ntwo\nthree\nfour\n');
    expect(message).toBe('kubeadm init failed\ntwo\nthree\nfour');
  });

  test('a journal that cannot be read is none', async () => {
    const gone = { exitCode: 1, stderr: 'No journal files were found.' };
    expect(await explain('error: odd', gone)).toMatchObject({ message: 'kubeadm init failed\nerror: odd' });
    const { cluster } = fakeCluster();
    const error = await explainKubeadm(cluster, cluster.controlPlane, 'E_JOIN', 'kubeadm join', 'error: odd');
    expect(error).toMatchObject({ code: 'E_JOIN', message: 'kubeadm join failed\nerror: odd' });
  });

  test('no secret gets into it', async () => {
    const token = 'abcdef.0123456789abcdef';
    const { message } = await explain(`error: token ${token} has expired\n`, silent, token);
    expect(message).toBe('kubeadm init failed\nerror: token *** has expired');
  });
});
