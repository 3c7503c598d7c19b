import { cniNamed } from '../../cni/index.ts';
import { kubernetesPorts } from '../../host/facts-script.ts';
import type { Host } from '../../host/host.ts';
import { paths } from '../../host/paths.ts';
import type { Finding } from '../../report/model.ts';
import { found, isJoined, isMember, nothing, type HostCheck } from './check.ts';

const resetHint = 'run `k8s-bootstrap down` on it, or use another host';

/** A host that carries somebody else's cluster is never touched. */
const foreign: HostCheck = (host, input) => {
  const { facts, state } = host;
  if (state !== undefined) {
    if (state.cluster !== input.spec.name) {
      return found(
        host,
        'foreign-cluster',
        `the host belongs to the cluster ${JSON.stringify(state.cluster)}`,
        { hint: resetHint },
      );
    }
    if (state.role !== host.spec.role && isJoined(host)) {
      return found(host, 'role-changed', `the host is a ${state.role} of this cluster already`, {
        hint: resetHint,
      });
    }
    return nothing;
  }
  if (facts.state !== undefined) {
    return found(host, 'state', `${paths.state} cannot be understood`, {
      hint: 'was it written by a newer version?',
    });
  }
  if (facts.clusterFiles.length > 0) {
    return found(
      host,
      'foreign-cluster',
      `the host is part of another Kubernetes cluster (${facts.clusterFiles.slice(0, 3).join(', ')})`,
      {
        hint: 'use another host, or remove that cluster with its own tool (e.g. kubeadm reset)',
      },
    );
  }
  return nothing;
};

/** What is left of an earlier life, and would be in the way. */
const leftovers: HostCheck = (host, input) => {
  if (host.state !== undefined || isMember(host, input)) return nothing;
  const { ownFiles } = host.facts;
  const full = Object.entries(host.facts.directories).flatMap(([path, filled]) =>
    filled === 'full' ? [path] : [],
  );
  return [
    ...(full.length > 0
      ? found(host, 'leftovers', `files are left in ${full.join(', ')}`, {
          hint: 'empty these directories; they would mix with the new cluster',
        })
      : []),
    ...(ownFiles.length > 0
      ? found(host, 'leftovers', `already there: ${ownFiles.slice(0, 4).join(', ')}`, {
          hint: 'move these files away; k8s-bootstrap installs and removes its own',
        })
      : []),
    ...(host.facts.cniConf.length > 0
      ? found(
          host,
          'cni-config',
          `${paths.cniConf} holds another network's ${host.facts.cniConf.join(', ')}`,
          {
            hint: 'remove it; the kubelet would take it for the new cluster’s',
          },
        )
      : []),
  ];
};

const runtime: HostCheck = (host) => {
  const { containerd, services } = host.facts;
  if (host.state !== undefined) return nothing;
  if (containerd !== undefined) {
    return found(
      host,
      'foreign-runtime',
      `containerd ${containerd.version ?? ''} is installed at ${containerd.path}`,
      {
        hint: 'remove it (e.g. apt-get purge containerd docker.io); k8s-bootstrap installs and removes its own',
      },
    );
  }
  const running = services.filter((service) => !firewalls.includes(service));
  return running.length === 0
    ? nothing
    : found(host, 'foreign-runtime', `running already: ${running.join(', ')}`, {
        hint: 'stop and remove it',
      });
};

const firewalls: readonly string[] = ['firewalld', 'ufw'];

/** Those of them that the host runs. */
export function activeFirewalls(host: Host): readonly string[] {
  return firewalls.filter((name) => host.facts.services.includes(name));
}

const firewall: HostCheck = (host) =>
  activeFirewalls(host).flatMap((name) =>
    found(host, name, `${name} is active and may drop the cluster’s traffic`, { severity: 'warning' }),
  );

const ports: HostCheck = (host, input) => {
  if (isMember(host, input)) return nothing;
  const wanted = kubernetesPorts[host.spec.role].map((port) =>
    port === 6443 ? input.spec.kubernetes.apiServerPort : port,
  );
  const taken = wanted.filter((port) => host.facts.listening.tcp.includes(port));
  return taken.length === 0
    ? nothing
    : found(host, 'port', `in use: port ${taken.join(', ')}`, { hint: 'stop what listens there (ss -lntp)' });
};

/** Tunnels that were there before show as well, since the kernel listens for them. */
const cniPorts: HostCheck = (host, input) => {
  if (isMember(host, input)) return nothing;
  const cni = cniNamed(input.spec.cni.name);
  const wanted = [...cni.ports(input.spec), ...(cni.hostPorts?.(input.spec) ?? [])];
  const taken = wanted.filter(({ protocol, port }) => host.facts.listening[protocol].includes(port));
  const names = taken.map(
    ({ protocol, port, purpose }) => `${protocol.toUpperCase()} ${String(port)} (${purpose})`,
  );
  return taken.length === 0
    ? nothing
    : found(host, 'port', `in use: ${names.join(', ')}, where ${cni.title} listens`, {
        hint: 'stop what listens there (ss -lntup), remove tunnels of another network (ip -d link), or choose other options of the CNI',
      });
};

const version: HostCheck = (host, input) => {
  if (!isMember(host, input)) return nothing;
  const { kubernetesVersion: has, kubeletVersion } = host.state ?? {};
  const differs = (what: string, is: string | undefined, wanted: string): readonly Finding[] =>
    is === wanted
      ? nothing
      : found(host, 'version-differs', `${what} Kubernetes ${is ?? 'of an unknown version'}, not ${wanted}`, {
          hint: 'ask for that version, or run `k8s-bootstrap down` first',
        });
  const cluster = differs('the cluster runs', has, input.kubernetesVersion);
  return cluster.length > 0
    ? cluster
    : differs(
        'the kubelet is of',
        kubeletVersion ?? has,
        host.spec.kubeletVersion ?? input.kubernetesVersion,
      );
};

const network: HostCheck = (host, input) => {
  if (!isMember(host, input)) return nothing;
  const has = host.state?.cni;
  return has === input.spec.cni.name
    ? nothing
    : found(host, 'cni-swap', `${has ?? 'an unknown CNI'} is replaced by ${input.spec.cni.name}`, {
        severity: 'info',
      });
};

/** Nodes keep the pod range that they were given; no CNI can have another. States of older versions do not know it. */
const podRange: HostCheck = (host, input) => {
  const { podCIDR } = input.spec.cni;
  const has = host.state?.podCIDR;
  if (!isMember(host, input) || has === undefined || has === podCIDR) return nothing;
  return found(host, 'pod-cidr-differs', `the cluster's pods are in ${has}, not in cni.podCIDR ${podCIDR}`, {
    hint: `ask for ${has}, or run \`k8s-bootstrap down\` first`,
  });
};

/** What cannot be changed of a cluster that is up. */
export const settledChecks: readonly HostCheck[] = [version, network, podRange];

export const occupancyChecks: readonly HostCheck[] = [
  foreign,
  leftovers,
  runtime,
  firewall,
  ports,
  cniPorts,
  ...settledChecks,
];
