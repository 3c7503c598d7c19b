import type { NodeSummary, PodPlacement, Report, StepTiming } from '../../src/report/model.ts';

const node = (name: string, role: NodeSummary['role'], last: number): NodeSummary => ({
  name,
  role,
  ready: true,
  address: `10.0.0.${String(last)}`,
  internalIP: `10.0.0.${String(last)}`,
  internalIPs: [`10.0.0.${String(last)}`],
  podCIDR: `10.244.${String(last)}.0/24`,
  podCIDRs: [`10.244.${String(last)}.0/24`],
  kubeletVersion: '1.36.3',
  containerRuntime: 'containerd://2.3.7',
  osImage: 'Debian GNU/Linux 12 (bookworm)',
  kernelVersion: '6.1.0',
  architecture: 'amd64',
});

const pod = (name: string, node: string, ip: string, ready: boolean): PodPlacement => {
  return { namespace: 'v', name, node, ip, ips: [ip], phase: 'Running', ready };
};

const timing = (key: string, title: string, startMs: number, durationMs: number): StepTiming => ({
  key,
  id: key.split('@')[0] ?? key,
  title,
  ...(key.includes('@') ? { host: key.split('@')[1] ?? '' } : {}),
  needs: [],
  outcome: 'done',
  startMs,
  durationMs,
});

/** A run that went well, on three nodes. */
export function sampleReport(overrides: Partial<Report> = {}): Report {
  return {
    schemaVersion: 1,
    command: 'up',
    outcome: 'success',
    unchanged: false,
    startedAt: '2026-11-24T03:00:00.000Z',
    durationMs: 61_000,
    cluster: {
      name: 'k8s-bootstrap',
      provider: 'ssh',
      kubernetesVersion: '1.36.3',
      cni: 'flannel',
      cniVersion: '0.28.9',
      podCIDR: '10.244.0.0/16',
      serviceCIDR: '10.96.0.0/12',
      controlPlaneEndpoint: 'https://10.0.0.1:6443',
    },
    nodes: [node('cp', 'control-plane', 1), node('w1', 'worker', 2), node('w2', 'worker', 3)],
    pods: [pod('nginx-1', 'w1', '10.244.2.2', true), pod('nginx-2', 'w2', '10.244.3.2', false)],
    checks: [
      {
        id: 'nginx',
        title: 'nginx answers',
        status: 'pass',
        expected: 'an answer from every pod',
        observed: '4 of 4 answered',
        durationMs: 1_200,
        probes: [
          { from: 'w1', to: 'nginx-1', status: 'pass', detail: '200' },
          { from: 'w1', to: 'nginx-2', status: 'pass', detail: '200' },
          { from: 'w2', to: 'nginx-1', status: 'fail', detail: 'refused' },
        ],
      },
      {
        id: 'dns',
        title: 'DNS',
        status: 'error',
        expected: 'a name resolves',
        observed: 'no client pod',
        durationMs: 5,
        hint: 'look at the client pod',
      },
    ],
    findings: [
      { id: 'swap', severity: 'warning', host: '10.0.0.2', message: 'swap is on', hint: 'swapoff -a' },
      { id: 'ram', severity: 'info', message: 'enough memory' },
    ],
    timings: [
      timing('connect@10.0.0.1', 'Connect', 0, 900),
      timing('init', 'Initialise the control plane', 900, 11_000),
      { ...timing('join@10.0.0.2', 'Join', 11_900, 49_100), outcome: 'unchanged' },
      { ...timing('never', 'Never ran', 0, 0), outcome: 'skipped' },
    ],
    criticalPath: ['connect@10.0.0.1', 'init'],
    ...overrides,
  };
}

/** The first of a list that is not empty. */
export function first<T>([item]: readonly T[]): T {
  if (item === undefined) throw new TypeError('the list is empty');
  return item;
}
