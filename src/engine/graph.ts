import type { Cluster } from './cluster.ts';
import type { Host } from '../host/host.ts';
import type { Step, StepInstance } from './step.ts';

/** The steps as a graph over this cluster's hosts: one instance per host for per-host steps, needs resolved to keys. */
export function buildGraph(steps: readonly Step[], cluster: Cluster): readonly StepInstance[] {
  const hostsOf = new Map(steps.map((step) => [step.id, hostsIn(step, cluster)]));
  const keysFor = (id: string, host: Host | undefined): readonly string[] => {
    const hosts = hostsOf.get(id);
    if (hosts === undefined) return [];
    if (hosts === 'cluster') return [id];
    const same = hosts.filter((candidate) => candidate === host);
    return (same.length > 0 ? same : hosts).map((candidate) => keyOf(id, candidate));
  };
  const instances = steps.flatMap((step) => instantiate(step, cluster, (id, host) => keysFor(id, host)));
  assertAcyclic(instances);
  return instances;
}

function hostsIn(step: Step, cluster: Cluster): 'cluster' | readonly Host[] {
  switch (step.scope) {
    case 'cluster':
      return 'cluster';
    case 'hosts':
      return cluster.hosts;
    case 'first':
      return [cluster.controlPlane];
    case 'others':
      return cluster.hosts.filter((host) => host !== cluster.controlPlane);
  }
}

function keyOf(id: string, host: Host): string {
  return `${id}@${host.address}`;
}

function instantiate(
  step: Step,
  cluster: Cluster,
  keysFor: (id: string, host?: Host) => readonly string[],
): StepInstance[] {
  const always = step.always ?? false;
  if (step.scope === 'cluster') {
    const needs = step.needs.flatMap((id) => keysFor(id));
    return [
      {
        info: { key: step.id, id: step.id, title: step.title, needs },
        always,
        run: (tools) => step.run(cluster, tools),
        describe: () => step.describe?.(cluster) ?? [],
      },
    ];
  }
  const hosts = hostsIn(step, cluster);
  return (hosts === 'cluster' ? [] : hosts).map((host) => ({
    info: {
      key: keyOf(step.id, host),
      id: step.id,
      title: step.title,
      host: host.address,
      needs: step.needs.flatMap((id) => keysFor(id, host)),
    },
    always,
    run: (tools) => step.run(cluster, host, tools),
    describe: () => step.describe?.(cluster, host) ?? [],
  }));
}

/** @throws TypeError for a cycle, which only a defect of the declarations can make. */
function assertAcyclic(instances: readonly StepInstance[]): void {
  const done = new Set<string>();
  let left = [...instances];
  while (left.length > 0) {
    const ready = left.filter(({ info }) => info.needs.every((key) => done.has(key)));
    if (ready.length === 0)
      throw new TypeError(`steps wait for each other: ${left.map((s) => s.info.key).join(', ')}`);
    for (const { info } of ready) done.add(info.key);
    left = left.filter(({ info }) => !done.has(info.key));
  }
}
