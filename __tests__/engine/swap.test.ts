import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { renderManifest } from '../../src/kube/objects.ts';
import type { ClusterSpec } from '../../src/spec/cluster-spec.ts';
import { bootstrapFailure } from '../helpers/failure.ts';
import { FakeBed } from '../helpers/fake-bed.ts';
import { flannelObjects } from '../helpers/flannel-manifest.ts';

/** A cluster that is up, and a spec that asks for another network. */
async function setUp() {
  const bed = new FakeBed();
  await bed.up();
  bed.forget();
  const manifest = join(bed.dir, 'other.yaml');
  const [, daemonSet] = flannelObjects;
  writeFileSync(
    manifest,
    renderManifest([{ ...daemonSet, metadata: { name: 'other', namespace: 'kube-system' } }]),
  );
  const other: ClusterSpec = { ...bed.spec, cni: { ...bed.spec.cni, manifest } };
  const { kubeconfigPath } = bed;
  return {
    bed,
    other,
    swap: (spec = other) => bed.engine.up(spec, { ...bed.context(), kubeconfigPath }),
    [Symbol.dispose]: () => {
      bed[Symbol.dispose]();
    },
  };
}

describe('another CNI on a cluster that is up', () => {
  test('comes once the former one’s pods, objects and traces are gone; no node takes pods meanwhile', async () => {
    using at = await setUp();
    const { bed, swap } = at;
    const { report } = await swap();
    expect(report.unchanged).toBe(false);
    const nodes = 'host-1 host-2 host-3';
    const restart = '-n default delete pod --ignore-not-found --timeout=120s web';
    const remove = 'delete --ignore-not-found --cascade=foreground --timeout=120s -f -';
    expect(bed.api.did).toEqual([`cordon ${nodes}`, restart, remove, restart, `uncordon ${nodes}`]);
    for (const machine of bed.machines) {
      const scripts = machine.calls.map(({ argv }) => argv.join(' '));
      expect(scripts.some((script) => script.includes('/etc/cni/net.d -mindepth 1 -delete'))).toBe(true);
      // kube-proxy stays.
      expect(scripts.some((script) => script.includes('KUBE-SERVICES'))).toBe(false);
    }
    expect(JSON.parse(bed.api.inventory)).toMatchObject({
      removing: false,
      cordoned: [],
      objects: [{ kind: 'DaemonSet', name: 'other' }],
    });
  });

  test.each(['manifest', 'somebody-elses'])('away from %s, any CNI’s traces go', async (name) => {
    using at = await setUp();
    const { bed, swap } = at;
    bed.api.inventory = bed.api.inventory.replace('"cni":"manifest"', `"cni":"${name}"`);
    await swap();
    const scripts = bed.machine(1).calls.map(({ argv }) => argv.join(' '));
    for (const trace of ['cilium_*', 'flannel.1', 'set=KUBE-SRC-', 'proto=bird'])
      expect(scripts).toContainEqual(expect.stringContaining(` ${trace}`));
  });

  test.each([
    ['goes with a CNI that did kube-proxy’s work', false],
    ['stays where kube-proxy does, whose it may be', true],
  ])('IPVS %s', async (_, kubeProxy) => {
    using at = await setUp();
    const { bed, swap } = at;
    bed.api.kubeProxy = kubeProxy;
    bed.machine(0).on('/usr/local/bin/kubeadm init phase addon kube-proxy', '');
    await swap();
    expect(bed.done(/^clear virtual servers /)).toHaveLength(kubeProxy ? 0 : 3);
  });

  test('nodes are waited for before the verification and after it, since kubelets tell late of a network', async () => {
    using at = await setUp();
    const { bed, swap } = at;
    await swap();
    const steps = bed.machine(0).lines.flatMap((line) => {
      if (/ wait node.*condition=Ready/.test(line)) return ['nodes'];
      return / exec .*nginx-host-1 /.test(line)
        ? ['verify']
        : line.includes(' get nodes ')
          ? ['collect']
          : [];
    });
    const before = steps.slice(0, steps.indexOf('verify'));
    // As soon as the network is rolled out, and once more.
    expect(before.filter((step) => step === 'nodes')).toHaveLength(2);
    expect(steps.slice(steps.lastIndexOf('verify') + 1)).toEqual(['nodes', 'collect']);
  });

  test('is there once: the next run changes nothing', async () => {
    using at = await setUp();
    const { bed, swap } = at;
    await swap();
    bed.api.did.length = 0;
    expect((await swap()).report.unchanged).toBe(true);
    expect(bed.api.did).toEqual([]);
  });

  test('a swap that broke off goes on, and nodes that the first run closed take pods again', async () => {
    using at = await setUp();
    const { bed, swap } = at;
    const inventory = JSON.parse(bed.api.inventory) as object;
    bed.api.inventory = JSON.stringify({ ...inventory, removing: true, cordoned: ['host-2'] });
    await swap(bed.spec);
    expect(bed.api.did.at(-1)).toMatch(/^uncordon .*host-2/);
    expect(bed.api.did).toContainEqual(expect.stringMatching(/^delete /));
  });

  test.each(['another', 'the same'])('pods of another range are refused, with %s CNI', async (which) => {
    using at = await setUp();
    const { bed, other, swap } = at;
    const spec = which === 'another' ? other : bed.spec;
    const cni = { ...spec.cni, podCIDR: '10.50.0.0/16' };
    const preflight = { ignore: ['manifest-pod-cidr'] };
    const { uploads } = bed.machine(1);
    expect(await bootstrapFailure(swap({ ...spec, cni, preflight }))).toMatchObject({
      code: 'E_PREFLIGHT',
      message: expect.stringContaining('10.244.0.0/16, not in cni.podCIDR 10.50.0.0/16 (pod-cidr-differs)'),
    });
    expect(uploads).toEqual([]);
    // A state of an older version does not know.
    for (const machine of bed.machines) machine.state = machine.state?.replace('"podCIDR"', '"was"');
    expect(await bootstrapFailure(swap({ ...spec, cni, preflight }))).toMatchObject({
      code: 'E_CNI',
      where: 'cni.podCIDR',
      message: expect.stringContaining('10.244.0.0/16, not in 10.50.0.0/16'),
    });
    expect(bed.api.did).toEqual([]);
  });

  test('a network that nobody remembers is not replaced', async () => {
    using at = await setUp();
    const { bed, swap } = at;
    bed.api.inventory = '';
    for (const machine of bed.machines) machine.state = machine.state?.replace('"manifest"', '"flannel"');
    expect(await bootstrapFailure(swap())).toMatchObject({
      code: 'E_CNI',
      message: expect.stringContaining('Flannel'),
    });
    expect(bed.api.did).toEqual([]);
  });
});
