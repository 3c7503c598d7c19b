import { describe, expect, test } from '@jest/globals';
import { builtInChecksums } from '../../src/artifacts/checksums.ts';
import type { HostSpec } from '../../src/spec/cluster-spec.ts';
import { fakeHost } from '../helpers/cluster.ts';
import { bootstrapFailure } from '../helpers/failure.ts';
import { FakeBed } from '../helpers/fake-bed.ts';

const CHANGES = /^(upload|install|configure|activate|pull images|start|kubeadm) /;

/** A bed of Kubernetes 1.36.3 whose hosts, a control plane and workers, have these kubelets. */
function bedWith(...versions: readonly (string | undefined)[]): FakeBed {
  return new FakeBed({ with: { hosts: hostsWith(...versions) } });
}
function hostsWith(...versions: readonly (string | undefined)[]): readonly HostSpec[] {
  return versions.map((kubeletVersion, index) => ({
    ...fakeHost(index, index === 0),
    ...(kubeletVersion === undefined ? {} : { kubeletVersion }),
  }));
}
const sumOf = (program: string, version: string) =>
  builtInChecksums().get(`dl.k8s.io/release/v${version}/bin/linux/amd64/${program}`);
const versionsIn = (state: string | undefined) => /"kube\w+Version": "[\d.]+"/g[Symbol.match](state ?? '');

describe('a host with a kubelet of its own version', () => {
  test('gets that, and kubeadm of the cluster’s version', async () => {
    using bed = bedWith('1.36.3', '1.35.0', undefined, '1.34.4');
    await bed.up();
    expect(bed.machines.map(({ installed }) => installed['kubelet'])).toEqual(
      ['1.36.3', '1.35.0', '1.36.3', '1.34.4'].map((version) => sumOf('kubelet', version)),
    );
    for (const { installed } of bed.machines) {
      expect([installed['kubeadm'], installed['kubectl']]).toEqual([
        sumOf('kubeadm', '1.36.3'),
        sumOf('kubectl', '1.36.3'),
      ]);
    }
    const cluster = '"kubernetesVersion": "1.36.3"';
    expect(bed.machines.map(({ state }) => versionsIn(state))).toEqual([
      [cluster],
      [cluster, '"kubeletVersion": "1.35.0"'],
      [cluster],
      [cluster, '"kubeletVersion": "1.34.4"'],
    ]);
  });

  test('is found as it is by the next run', async () => {
    using bed = bedWith(undefined, '1.35.0');
    await bed.up();
    bed.forget();
    const { report } = await bed.up();
    expect(report).toMatchObject({ unchanged: true, findings: [] });
    expect(bed.done(CHANGES)).toEqual([]);
  });

  test('plan says which', async () => {
    using bed = bedWith(undefined, '1.35.0');
    const { steps } = await bed.engine.plan(bed.spec, bed.context());
    const actions = steps.find(({ key }) => key === 'install@10.0.0.2')?.actions ?? [];
    expect(actions).toContain('install kubelet 1.35.0');
    expect(actions).toContain('install kubeadm 1.36.3');
  });

  test.each([
    ['another', '1.34.4', 'the kubelet is of Kubernetes 1.35.0, not 1.34.4 (version-differs)'],
    ['none', undefined, 'the kubelet is of Kubernetes 1.35.0, not 1.36.3 (version-differs)'],
  ])('is not given %s once it is a node', async (_name, version, message) => {
    using bed = bedWith(undefined, '1.35.0');
    await bed.up();
    bed.forget();
    const spec = { ...bed.spec, hosts: hostsWith(undefined, version) };
    bed.connect = ({ address }) => Promise.resolve(bed.machine(Number(address.slice(-1)) - 1));
    const { kubeconfigPath } = bed;
    const error = await bootstrapFailure(bed.engine.up(spec, { ...bed.context(), kubeconfigPath }));
    expect(error).toMatchObject({ code: 'E_PREFLIGHT', host: '10.0.0.2', message });
    expect(bed.done(CHANGES)).toEqual([]);
  });
});

describe('a kubelet that cannot be is refused before anything is changed', () => {
  test.each<[name: string, versions: readonly (string | undefined)[], host: string, message: string]>([
    [
      'newer than the cluster',
      [undefined, '1.36.4'],
      '10.0.0.2',
      'hosts[].kubeletVersion 1.36.4 is newer than the control plane’s 1.36.3 (kubelet-version)',
    ],
    [
      // There is no checksum of it either, which is not what is wrong with it.
      'too old',
      [undefined, undefined, '1.32.13'],
      '10.0.0.3',
      'hosts[].kubeletVersion 1.32.13 is older than 1.33.0, the oldest that may join Kubernetes 1.36.3 (kubelet-version)',
    ],
    [
      'another on a control plane',
      ['1.35.0', undefined],
      '10.0.0.1',
      'hosts[].kubeletVersion 1.35.0 is not 1.36.3, as on every control plane (kubelet-version)',
    ],
  ])('%s', async (_name, versions, host, message) => {
    using bed = bedWith(...versions);
    const spec = { ...bed.spec, preflight: { ignore: ['all', 'kubelet-version'] } };
    bed.connect = ({ address }) => Promise.resolve(bed.machine(Number(address.slice(-1)) - 1));
    const { kubeconfigPath } = bed;
    const error = await bootstrapFailure(bed.engine.up(spec, { ...bed.context(), kubeconfigPath }));
    expect(error).toMatchObject({ code: 'E_PREFLIGHT', step: 'preflight', host, message });
    expect(error.hint).toMatch(/leave it to workers|at most three minors older/);
    expect(bed.done(CHANGES)).toEqual([]);
  });

  test('one that may be, but has no known checksum', async () => {
    using bed = bedWith(undefined, '1.33.5');
    expect(await bootstrapFailure(bed.up())).toMatchObject({
      code: 'E_CHECKSUM',
      step: 'resolve',
      message: expect.stringMatching(/^no checksum is known of kubelet 1\.33\.5 /),
    });
    expect(bed.done(CHANGES)).toEqual([]);
  });
});
