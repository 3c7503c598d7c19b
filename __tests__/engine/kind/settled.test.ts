import { describe, expect, test } from '@jest/globals';
import type { HostState } from '../../../src/host/state.ts';
import type { ClusterSpec, PortMapping } from '../../../src/spec/cluster-spec.ts';
import { fakeSpec } from '../../helpers/cluster.ts';
import { bootstrapFailure } from '../../helpers/failure.ts';
import { KindBed } from '../../helpers/kind-bed.ts';

const kubernetes = { ...fakeSpec().kubernetes, version: '1.36.4' };
const mapping: PortMapping = {
  hostPort: 48_080,
  containerPort: 30_080,
  listenAddress: '127.0.0.1',
  protocol: 'TCP',
};
const patch = { kind: 'KubeletConfiguration', maxPods: 50, evictionHard: { a: '1', b: '2' } } as const;
const digest = `sha256:${'a'.repeat(64)}`;

type Changes = Partial<ClusterSpec>;

/** A second `up` with other settings. */
async function again(bed: KindBed, changes: Changes) {
  bed.forget();
  const { kubeconfigPath } = bed;
  return bed.engine.up({ ...bed.spec, ...changes }, { ...bed.context(), kubeconfigPath });
}

async function refusal(bed: KindBed, changes: Changes) {
  const error = await bootstrapFailure(again(bed, changes));
  expect(bed.docker.changes).toEqual([]);
  expect(bed.done(/^(upload|configure|add plugins) /)).toEqual([]);
  return error;
}

async function upBed(made: Changes, controlPlanes = 1): Promise<KindBed> {
  const bed = new KindBed({ with: made, controlPlanes, workers: 1 });
  if (made.kind?.nodeImage !== undefined) bed.docker.images.set(made.kind.nodeImage, 'sha256:abc');
  await bed.up();
  return bed;
}

describe('settings of a cluster in Docker that only making it anew would change', () => {
  test.each<[made: Changes, asked: Changes, message: string]>([
    [
      {},
      { kind: { portMappings: [mapping] } },
      'kind.portMappings of the cluster: none; asked for: 127.0.0.1:48080:30080/tcp',
    ],
    [
      { kind: { portMappings: [mapping, { ...mapping, hostPort: 48_081, listenAddress: '::1' }] } },
      { kind: { portMappings: [{ ...mapping, protocol: 'UDP' }] } },
      'kind.portMappings of the cluster: 127.0.0.1:48080:30080/tcp, [::1]:48081:30080/tcp; asked for: 127.0.0.1:48080:30080/udp',
    ],
    [
      { kind: { portMappings: [mapping] } },
      {},
      'kind.portMappings of the cluster: 127.0.0.1:48080:30080/tcp; asked for: none',
    ],
    [
      {},
      { kind: { portMappings: [], apiServerPort: 46_443 } },
      'kind.apiServerPort of the cluster: 40001; asked for: 46443',
    ],
    [
      { kind: { portMappings: [], nodeImage: `example.org/node:v1.36.4@${digest}` } },
      {},
      `kind.nodeImage of the cluster: example.org/node:v1.36.4@${digest}; asked for: kindest/node:v1.36.4@sha256:`,
    ],
    [
      { kind: { portMappings: [], nodeImage: 'example.org/node:v1.36.4' } },
      { kind: { portMappings: [], nodeImage: 'localhost:5000/node:v1.36.4' } },
      'kind.nodeImage of the cluster: example.org/node:v1.36.4; asked for: localhost:5000/node:v1.36.4',
    ],
    [
      {},
      { kubernetes: { ...kubernetes, kubeadmPatches: [patch] } },
      'kubernetes.kubeadmPatches are not those that the cluster was made with',
    ],
    [
      {},
      { kubernetes: { ...kubernetes, serviceCIDR: '10.97.0.0/16' } },
      'kubernetes.serviceCIDR of the cluster: 10.96.0.0/16; asked for: 10.97.0.0/16',
    ],
    [
      {},
      { kubernetes: { ...kubernetes, dnsDomain: 'corp.local' } },
      'kubernetes.dnsDomain of the cluster: cluster.local; asked for: corp.local',
    ],
    [
      {},
      { kubernetes: { ...kubernetes, controlPlaneEndpoint: 'ci.example:7443' } },
      'kubernetes.controlPlaneEndpoint of the cluster: none; asked for: ci.example',
    ],
  ])('of %j, asked for with %j, are refused', async (made, asked, message) => {
    using bed = await upBed(made);
    const error = await refusal(bed, { kind: { portMappings: [] }, kubernetes, ...asked });
    expect(error).toMatchObject({
      code: 'E_PREFLIGHT',
      hint: 'ask for what the cluster has, or run `k8s-bootstrap down` first',
    });
    expect(error.message).toContain(message);
    expect(error.message).toContain('(settings-differ)');
  });

  test('are refused whatever is to be ignored, all at once', async () => {
    using bed = await upBed({});
    const { errors } = await refusal(bed, {
      preflight: { ignore: ['all'] },
      kind: { portMappings: [mapping], apiServerPort: 46_443 },
    });
    expect(errors).toHaveLength(2);
  });

  test.each<[made: Changes, asked: Changes]>([
    [
      { kind: { portMappings: [{ ...mapping, listenAddress: '0:0::1' }, mapping], apiServerPort: 46_443 } },
      { kind: { portMappings: [mapping, { ...mapping, listenAddress: '::1' }] } },
    ],
    [{ kind: { portMappings: [], apiServerPort: 46_443 } }, {}],
    [
      { kubernetes: { ...kubernetes, kubeadmPatches: [patch] } },
      {
        kubernetes: {
          ...kubernetes,
          kubeadmPatches: [
            { evictionHard: { b: '2', a: '1' }, maxPods: 50, kind: 'KubeletConfiguration' } as const,
          ],
        },
      },
    ],
    [{ kubernetes: { ...kubernetes, controlPlaneEndpoint: 'ci.example' } }, { kubernetes }],
    [
      { kubernetes: { ...kubernetes, controlPlaneEndpoint: 'ci.example' } },
      { kubernetes: { ...kubernetes, controlPlaneEndpoint: 'ci.example:7443' } },
    ],
    [
      { kind: { portMappings: [], nodeImage: `example.org/node:v1.36.4@${digest}` } },
      { kind: { portMappings: [], nodeImage: 'example.org/node:v1.36.4' } },
    ],
  ])('are the same in other words: %j, %j', async (made, asked) => {
    using bed = await upBed(made);
    expect((await again(bed, asked)).report).toMatchObject({ unchanged: true, findings: [] });
  });

  test('are those of the first of several control planes, and of the load balancer', async () => {
    const kind = { portMappings: [{ ...mapping, containerPort: 6443 }], apiServerPort: 46_443 };
    using bed = await upBed({ kind }, 2);
    expect((await again(bed, {})).report).toMatchObject({ unchanged: true, findings: [] });
    const error = await refusal(bed, { kind: { ...kind, apiServerPort: 46_444 } });
    expect(error.message).toBe(
      'kind.apiServerPort of the cluster: 46443; asked for: 46444 (settings-differ)',
    );
  });

  test('a newer build of the published image is no other image', async () => {
    using bed = await upBed({});
    const [[name, container] = []] = bed.docker.containers;
    if (name === undefined || container === undefined) throw new TypeError('there is no node');
    const Config = { ...container.Config, Image: `kindest/node:v1.36.4@${digest}` };
    bed.docker.containers.set(name, { ...container, Config });
    expect((await again(bed, {})).report.unchanged).toBe(true);
  });

  test('are not compared where an older version wrote none, and are not believed', async () => {
    using bed = await upBed({});
    const state = JSON.parse(bed.machine(0).state ?? '') as HostState;
    const other = { kubernetes: { ...kubernetes, dnsDomain: 'corp.local' } };
    const { settings, ...older } = state;
    expect(Object.keys(settings ?? {})).toContain('kubernetes.dnsDomain');
    for (const bad of [undefined, null, 'x', [], {}, { 'kubernetes.dnsDomain': 5 }]) {
      bed.machine(0).state = JSON.stringify({ ...older, settings: bad });
      expect((await again(bed, other)).report.unchanged).toBe(true);
    }
    const hostile = { ...settings, 'kubernetes.dnsDomain': 'a\u001b[31m\n::error::b' };
    bed.machine(0).state = JSON.stringify({ ...older, settings: hostile });
    expect((await refusal(bed, {})).message).not.toMatch(/[\u001b\n]/);
  });
});
