import { describe, expect, test } from '@jest/globals';
import { parse } from 'yaml';
import { Cluster } from '../../src/engine/cluster.ts';
import { joinMaterial, newJoinSecrets } from '../../src/engine/join-material.ts';
import { caHash } from '../../src/kube/join-token.ts';
import { bootstrapFailure, quiet } from '../helpers/failure.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { CONFIG, kubeadmCluster } from '../helpers/kubeadm-hosts.ts';
import { testCa } from '../helpers/test-ca.ts';

const MINUTE = 60_000;
const CREATE = '/usr/local/bin/kubeadm token create';

function setUp() {
  const at = kubeadmCluster();
  const { spec, cni, events, redactor, connect } = at.cluster;
  const clock = new FakeClock();
  const cluster = new Cluster({ spec, cni, events, clock, redactor, connect });
  cluster.controlPlane.attach(at.runner);
  const minted = () => at.runner.lines.filter((line) => line.startsWith(CREATE)).length;
  const material = () => joinMaterial(cluster, quiet);
  return { ...at, cluster, clock, minted, material };
}

describe('what hosts join with', () => {
  test('is init’s token while it is fresh, and one of its own afterwards', async () => {
    const { cluster, clock, minted, material } = setUp();
    cluster.join = newJoinSecrets(cluster, 'certificate-key');
    clock.advance(10 * MINUTE - 1);
    expect(await material()).toEqual({ ...cluster.join, caHash: caHash(testCa) });
    expect(minted()).toBe(0);
    const { token } = cluster.join;
    clock.advance(1);
    const later = await material();
    expect(later.token).not.toBe(token);
    expect(later).toMatchObject({ certificateKey: 'certificate-key', mintedAt: 10 * MINUTE });
    expect(minted()).toBe(1);
    expect(cluster.tokenIds).toEqual([token.slice(0, 6), later.token.slice(0, 6)]);
  });

  test('is minted once for all who ask at once; the CA is read once', async () => {
    const { clock, minted, material, runner } = setUp();
    const [first, second] = await Promise.all([material(), material()]);
    expect(second).toEqual(first);
    expect(minted()).toBe(1);
    clock.advance(10 * MINUTE);
    expect((await material()).token).not.toBe(first.token);
    expect(minted()).toBe(2);
    expect(runner.lines.filter((line) => line.includes('ca.crt'))).toHaveLength(1);
  });

  test('is known to the run before the cluster knows it', async () => {
    const { cluster, runner, secrets, material } = setUp();
    let told: unknown;
    runner.on(CREATE, () => {
      told = {
        secrets: secrets(),
        ids: [...cluster.tokenIds],
        line: cluster.redactor.redact(secrets()[0] ?? ''),
      };
      return '';
    });
    const { token } = await material();
    expect(told).toEqual({ secrets: [token], ids: [token.slice(0, 6)], line: '***' });
    expect(parse(runner.uploaded(CONFIG) ?? '')).toMatchObject({ bootstrapTokens: [{ token }] });
  });

  test('that could not be minted is no token; the next who asks tries anew', async () => {
    const { cluster, runner, material, minted } = setUp();
    runner.on(CREATE, { exitCode: 1 });
    await bootstrapFailure(material());
    expect(cluster.join).toBeUndefined();
    expect(cluster.tokenIds).toHaveLength(1);
    runner.on(CREATE, '');
    expect((await material()).token.slice(0, 6)).toBe(cluster.tokenIds[1]);
    expect(minted()).toBe(2);
  });
});
