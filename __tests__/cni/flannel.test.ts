import { describe, expect, test } from '@jest/globals';
import { flannel } from '../../src/cni/flannel.ts';
import type { KubeObject } from '../../src/kube/objects.ts';
import { fakeSpec } from '../helpers/cluster.ts';
import { bootstrapFailure } from '../helpers/failure.ts';
import { flannelObjects } from '../helpers/flannel-manifest.ts';

const spec = fakeSpec({ with: { cni: { ...fakeSpec().cni, podCIDR: '10.42.0.0/16' } } });
const failure = (objects: readonly KubeObject[]) => bootstrapFailure(() => flannel.render(objects, spec));
const [configMap, daemonSet] = flannelObjects;

describe('flannel', () => {
  test('its manifest is upstream’s of the version', () => {
    expect(flannel.manifest(spec, '0.28.9')).toEqual({
      upstream: 'github.com/flannel-io/flannel/releases/download/v0.28.9/kube-flannel.yml',
    });
  });

  test('the pod network goes into its configuration, and nothing else changes', () => {
    const [rendered, ...others] = flannel.render(flannelObjects, spec);
    const { data, ...rest } = rendered as KubeObject & { data: Record<string, string> };
    expect(JSON.parse(data['net-conf.json'] ?? '')).toEqual({
      Network: '10.42.0.0/16',
      EnableNFTables: false,
      Backend: { Type: 'vxlan' },
    });
    expect(data['cni-conf.json']).toBe('{}');
    expect(rest).toEqual({ apiVersion: 'v1', kind: 'ConfigMap', metadata: configMap.metadata });
    expect(others).toHaveLength(1);
  });

  test('its tunnels end at the node’s address, whichever interface that is on', () => {
    const [, rendered] = flannel.render(flannelObjects, spec);
    const { containers } = (
      rendered as KubeObject & { spec: { template: { spec: { containers: object[] } } } }
    ).spec.template.spec;
    expect(containers).toEqual([
      {
        name: 'kube-flannel',
        image: 'ghcr.io/flannel-io/flannel:v0.28.9',
        args: ['--ip-masq', '--kube-subnet-mgr', '--iface=$(HOST_IP)'],
        env: [
          { name: 'EVENT_QUEUE_DEPTH', value: '5000' },
          { name: 'HOST_IP', valueFrom: { fieldRef: { fieldPath: 'status.hostIP' } } },
        ],
      },
    ]);
  });

  test('other DaemonSets and containers stay as they are', () => {
    const other = { name: 'side', image: 'x' };
    const template = { spec: { containers: [other] } };
    const changed = { ...daemonSet, spec: { template } };
    expect(flannel.render([configMap, changed], spec)[1]).toEqual(changed);
  });

  test('waits for its DaemonSet', () => {
    expect(flannel.workloads(flannelObjects)).toEqual([
      { kind: 'DaemonSet', namespace: 'kube-flannel', name: 'kube-flannel-ds' },
    ]);
  });

  const rows: [string, readonly KubeObject[], string][] = [
    ['without its ConfigMap', [daemonSet], 'has no ConfigMap kube-flannel-cfg'],
    ['with two of them', [configMap, configMap], 'kube-flannel-cfg'],
    ['with one of no data', [{ ...configMap, data: {} }], 'no net-conf.json'],
    ['with one that is no JSON', [{ ...configMap, data: { 'net-conf.json': '{' } }], 'net-conf.json'],
  ];
  test.each(rows)('refuses a manifest %s', async (_name, objects, message) => {
    expect(await failure(objects)).toMatchObject({
      code: 'E_CNI',
      message: expect.stringContaining(message),
    });
  });
});
