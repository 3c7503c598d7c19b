import { readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { isPinned, knownKindVersions } from '../../artifacts/kind-nodes.ts';
import { isCached, cachePath } from '../../artifacts/cache.ts';
import { probeSource } from '../../artifacts/download.ts';
import { toBootstrapError } from '../../lib/errors.ts';
import { familyOf, rangesOf } from '../../lib/ip.ts';
import { labels, nameOf, NETWORK, subnetsOf } from '../../providers/kind/inventory.ts';
import type { Finding } from '../../report/model.ts';
import type { Cluster } from '../cluster.ts';
import { localImageFindings } from '../local-images.ts';
import { clusterRanges, overlaps } from '../preflight/networks.ts';
import { settledChecks } from '../preflight/occupancy.ts';
import { machineFindings } from '../preflight/machine-size.ts';
import { preflightStep } from '../steps/preflight.ts';
import { kernelFindings } from './kernel.ts';
import { mirrorFindings } from './mirrors.ts';
import { settledFindings } from './settled.ts';

export const preflight = preflightStep(async (cluster, signal) => {
  const asked = await Promise.all([
    kindFindings(cluster, signal),
    kernelFindings(cluster, signal),
    localImageFindings(cluster, signal),
  ]);
  return asked.flat();
});

/** What is in the way of a cluster in this machine's Docker. Changes nothing. */
async function kindFindings(cluster: Cluster, signal: AbortSignal): Promise<readonly Finding[]> {
  const { spec, hosts, kubernetesVersion, kind } = cluster;
  const input = { spec, hosts, kubernetesVersion };
  return [
    ...engine(cluster),
    ...(await inotify(cluster)),
    ...occupancy(cluster),
    ...(kind.found === 'whole'
      ? [
          ...hosts.flatMap((host) => settledChecks.flatMap((check) => check(host, input))),
          ...settledFindings(cluster),
        ]
      : []),
    ...(kind.network === undefined ? [] : networkFindings(cluster, subnetsOf(kind.network))),
    ...(await mirrorFindings(cluster, signal)),
    ...(kind.found === 'whole' ? [] : [...(await ports(cluster)), ...(await sources(cluster, signal))]),
  ];
}

function engine({ kind }: Cluster): readonly Finding[] {
  const { NCPU, MemTotal, ServerVersion, SecurityOptions } = kind.info;
  const found: Finding[] = [...machineFindings({ cpus: NCPU, memoryBytes: MemTotal })];
  if (Number.parseInt(ServerVersion) < 20) {
    found.push({
      id: 'docker-version',
      severity: 'error',
      message: `Docker ${ServerVersion} is too old`,
      hint: 'kind needs 20.10 or newer',
    });
  }
  if (kind.cgroup === 'v1') {
    found.push({
      id: 'cgroup-v1',
      severity: 'info',
      message: 'cgroup v1: kubelets are told to accept it (failCgroupV1: false)',
    });
  }
  if (SecurityOptions?.some((option) => option.includes('name=rootless')) === true) {
    found.push({
      id: 'rootless',
      severity: 'warning',
      message: 'Docker runs rootless, which was not tried with k8s-bootstrap',
    });
  }
  return found;
}

/** What one node takes of them, with systemd, containerd, kubelet and its pods; and what the machine's own programs do. */
const INOTIFY = { perNode: 16, own: 40 } as const;

/** All nodes share what the machine allows root; where it runs out, kubelets end with "too many open files". */
async function inotify({ hosts }: Cluster): Promise<readonly Finding[]> {
  const limit = Number(await readFile('/proc/sys/fs/inotify/max_user_instances', 'utf8').catch(() => 'none'));
  const wanted = INOTIFY.own + INOTIFY.perNode * hosts.length;
  if (!(limit < wanted)) return [];
  return [
    {
      id: 'inotify',
      severity: 'warning',
      message: `the machine allows ${String(limit)} inotify instances, and ${String(hosts.length)} nodes may need ${String(wanted)}`,
      hint: 'sysctl fs.inotify.max_user_instances=512',
    },
  ];
}

const unfinished: Finding = {
  id: 'unfinished',
  severity: 'info',
  message: 'an earlier run did not finish; it is made anew',
};

/** What is there under the cluster's name. */
function occupancy({ kind, hosts, spec }: Cluster): readonly Finding[] {
  if (kind.containers.length === 0) return [];
  if (!kind.marked) {
    const message = `there is a kind cluster ${spec.name} that k8s-bootstrap did not make`;
    return [
      { id: 'foreign-cluster', severity: 'error', message, hint: 'choose another cluster name (name)' },
    ];
  }
  // Of nodes that are all stopped nobody can tell how far they came, and what may be whole is not taken for the other.
  const runs = kind.containers.some(({ State }) => State.Running);
  if (kind.found === 'part' && runs && !hosts.some((host) => host.state?.phase === 'member')) {
    return [unfinished];
  }
  const nodes = kind.containers.filter(
    ({ Config }) => Config.Labels[labels.role] !== 'external-load-balancer',
  );
  const there = nodes.map(nameOf).sort().join(', ');
  const wanted = hosts
    .map(({ address }) => address)
    .sort()
    .join(', ');
  const hint = 'run `k8s-bootstrap down` first';
  if (there !== wanted) {
    const message = `the cluster has other nodes than asked for: ${there}`;
    return [{ id: 'nodes-differ', severity: 'error', message, hint }];
  }
  const stopped = nodes.filter(({ State }) => !State.Running).map(nameOf);
  if (stopped.length > 0) {
    const message = `stopped: ${stopped.join(', ')}`;
    return [
      {
        id: 'node-stopped',
        severity: 'error',
        message,
        hint: `docker start ${stopped.join(' ')}, or ${hint}`,
      },
    ];
  }
  return kind.found === 'whole' ? [] : [unfinished];
}

/** The cluster's ranges must not be those of the nodes' own network, which has to have their families. */
export function networkFindings({ spec }: Cluster, subnets: readonly string[]): readonly Finding[] {
  const overlapping = clusterRanges(spec).flatMap(({ id, field, cidr }) =>
    subnets
      .filter((subnet) => overlaps(cidr, subnet))
      .map((subnet): Finding => ({
        id,
        severity: 'error',
        message: `${field} ${cidr} overlaps Docker’s network ${NETWORK} ${subnet}`,
        hint: `choose another ${field}`,
      })),
  );
  if (rangesOf(spec.cni.podCIDR).v6 === undefined || subnets.some((subnet) => familyOf(subnet) === 6))
    return overlapping;
  return [
    ...overlapping,
    {
      id: 'network-ipv6',
      severity: 'error',
      message: `Docker’s network ${NETWORK} has no IPv6, and cni.podCIDR is ${spec.cni.podCIDR}`,
      hint: `remove it where no other cluster is on it (docker network rm ${NETWORK}), and see that the engine can do IPv6`,
    },
  ];
}

async function ports({ spec: { kind }, kind: { containers } }: Cluster): Promise<readonly Finding[]> {
  // An unfinished cluster of ours goes before the next one comes.
  const published = new Set(
    containers.flatMap(({ NetworkSettings: { Ports } }) =>
      Object.values(Ports ?? {}).flatMap((on) => (on ?? []).map(({ HostPort }) => HostPort)),
    ),
  );
  const own = kind.apiServerPort;
  const wanted = [
    ...(own === undefined ? [] : [{ port: own, host: '127.0.0.1', where: 'kind.apiServerPort' }]),
    ...kind.portMappings
      .filter(({ protocol }) => protocol === 'TCP')
      .map(({ hostPort, listenAddress }) => ({
        port: hostPort,
        host: listenAddress,
        where: 'kind.portMappings',
      })),
  ];
  const foreign = wanted.filter(({ port }) => !published.has(String(port)));
  const taken = await Promise.all(foreign.map(async (one) => ((await isFree(one)) ? [] : [one])));
  return taken.flat().map(({ port, where }) => ({
    id: 'port',
    severity: 'error',
    message: `port ${String(port)} of this machine is in use (${where})`,
    hint: 'stop what listens there (ss -lntp), or choose another port',
  }));
}

function isFree({ port, host }: { readonly port: number; readonly host: string }): Promise<boolean> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', (error: NodeJS.ErrnoException) => {
      // What may not be tried here, Docker may still be able to do.
      resolve(error.code !== 'EADDRINUSE');
    });
    server.listen({ port, host, exclusive: true }, () =>
      server.close(() => {
        resolve(true);
      }),
    );
  });
}

async function sources({ kind, spec }: Cluster, signal: AbortSignal): Promise<readonly Finding[]> {
  const found: Finding[] = [];
  if (!isPinned(kind.nodeImage) && spec.kind.nodeImage === undefined) {
    if ((await kind.docker.imageId(kind.nodeImage, { signal })) === undefined) {
      found.push({
        id: 'node-image',
        severity: 'error',
        message: `no published node image is known of that version, and Docker has no ${kind.nodeImage}`,
        hint: `name an image (node-image), or choose from ${knownKindVersions().join(', ')}`,
      });
    }
  }
  for (const artifact of Object.values(kind.artifacts ?? {})) {
    if (artifact === undefined) continue;
    if (await isCached(cachePath(spec.artifacts.cacheDir, artifact.sha256), artifact.sha256, signal))
      continue;
    try {
      await probeSource(artifact, { signal });
    } catch (thrown) {
      const { message, hint } = toBootstrapError(thrown);
      found.push({
        id: 'source-unreachable',
        severity: 'error',
        message,
        hint: hint ?? 'name a mirror that can be reached (artifacts.mirror)',
      });
    }
  }
  return found;
}
