import { parse } from 'yaml';
import type { RunOptions } from '../../src/exec/runner.ts';
import type { FakeMachine } from './fake-machine.ts';
import type { FakeResult } from './fake-runner.ts';

const no: FakeResult = { exitCode: 1, stderr: 'not found' };

/** The API server, as far as kubectl on the control plane asks it; its nodes are the machines that joined. */
export class FakeApi {
  readonly #machines: readonly FakeMachine[];
  readonly #applied = new Set<unknown>();
  /** What k8s-bootstrap keeps in the cluster of its network. */
  inventory = '';
  /** Whether the cluster has kube-proxy. */
  kubeProxy = true;
  /** What was done besides applying, in order. */
  readonly did: string[] = [];

  constructor(machines: readonly FakeMachine[]) {
    this.#machines = machines;
  }

  /** What kubectl answers. */
  kubectl(args: readonly string[], { input }: RunOptions): FakeResult {
    const line = args.join(' ');
    if (line.startsWith('get --raw=/readyz')) return this.#members.length > 0 ? 'ok' : no;
    if (line.startsWith('diff ')) return this.#applied.has(input) ? '' : no;
    if (line.startsWith('apply ')) {
      this.#applied.add(input);
      const text = typeof input === 'string' ? input : '';
      if (text.includes('name: k8s-bootstrap\n'))
        this.inventory = (parse(text) as { data: { cni: string } }).data.cni;
      return '';
    }
    if (line.includes(' get configmap k8s-bootstrap ')) return this.inventory;
    if (line.includes(' get daemonset kube-proxy '))
      return this.kubeProxy ? 'daemonset.apps/kube-proxy\n' : '';
    if (line.includes(' get configmap kubeadm-config ')) return 'networking:\n  podSubnet: 10.244.0.0/16\n';
    if (line.startsWith('get nodes -o name'))
      return this.#members.map(({ name }) => `node/${name}\n`).join('');
    if (line.startsWith('get pods --all-namespaces')) return JSON.stringify({ items: swapped });
    if (/^(cordon|uncordon|delete --ignore-not-found|-n \S+ delete pod) /.test(line)) {
      this.did.push(line);
      return '';
    }
    if (line.startsWith('get nodes -o json')) return this.#list((machine) => nodeObject(machine));
    if (line.startsWith('get node '))
      return this.#members.some(({ name }) => name === args[2]) ? `node/${args[2] ?? ''}\n` : '';
    if (line.startsWith('wait node/')) return this.#wait(args);
    if (line.startsWith('get -n k8s-bootstrap-verify pods '))
      return this.#list((machine) => podObject(machine));
    if (line.includes(' exec ')) return this.#probe(args);
    if (line.includes(' service nginx')) return JSON.stringify({ spec: { clusterIPs: ['10.96.0.99'] } });
    if (
      /^(get crd|taint nodes|get namespace|delete namespace|label) | get secrets | get pods -l k8s-app=kube-dns | get events |rollout status| scale |delete secret/.test(
        line,
      )
    )
      return '';
    throw new Error(`FakeApi: no answer to: ${line}`);
  }

  get #members() {
    return this.#machines
      .filter(({ member }) => member)
      .map((machine) => ({ machine, name: nameOf(machine) }));
  }

  #wait(args: readonly string[]): FakeResult {
    const wanted = args.filter((word) => word.startsWith('node/'));
    const there = this.#members.map(({ name }) => `node/${name}`);
    return wanted.every((node) => there.includes(node)) ? '' : no;
  }

  #list(object: (machine: FakeMachine) => unknown): string {
    return JSON.stringify({ items: this.#members.map(({ machine }) => object(machine)) });
  }

  /** Pods answer at their IPs; at anything else the first one does. */
  #probe(args: readonly string[]): string {
    const urls = args.filter((word) => word.startsWith('http://'));
    const answers = urls.map((url, index) => {
      const [first] = this.#machines;
      const machine = this.#machines.find((candidate) => url === `http://${podIp(candidate)}/`) ?? first;
      return `${String(index)} 0 nginx-${machine === undefined ? '' : nameOf(machine)}\n`;
    });
    return answers.join('');
  }
}

/** Pods of the swap's: one that is made anew, one that is not, one with the host's network. */
const swapped = [
  { name: 'web', hostNetwork: false, owners: [{ controller: true }] },
  { name: 'bare', hostNetwork: false, owners: [] },
  { name: 'agent', hostNetwork: true, owners: [{ controller: true }] },
].map(({ name, hostNetwork, owners }) => ({
  metadata: { name, namespace: 'default', ownerReferences: owners },
  spec: { hostNetwork, nodeName: 'host-1' },
  status: { phase: 'Running' },
}));

function nameOf({ index }: FakeMachine): string {
  return `host-${String(index + 1)}`;
}

function podIp({ index }: FakeMachine): string {
  return `10.244.${String(index)}.2`;
}

const ready = [{ type: 'Ready', status: 'True' }];

function nodeObject(machine: FakeMachine) {
  const { index, target } = machine;
  const controlPlane = { 'node-role.kubernetes.io/control-plane': '' };
  return {
    metadata: { name: nameOf(machine), labels: index === 0 ? controlPlane : {} },
    spec: { podCIDR: `10.244.${String(index)}.0/24` },
    status: {
      addresses: [{ type: 'InternalIP', address: target }],
      conditions: ready,
      nodeInfo: {
        kubeletVersion: 'v1.36.3',
        containerRuntimeVersion: 'containerd://2.3.4',
        osImage: 'Debian GNU/Linux 12 (bookworm)',
        kernelVersion: '6.1.0',
        architecture: 'amd64',
      },
    },
  };
}

function podObject(machine: FakeMachine) {
  const name = nameOf(machine);
  return {
    metadata: { namespace: 'k8s-bootstrap-verify', name: `nginx-${name}` },
    spec: { nodeName: name },
    status: { phase: 'Running', podIP: podIp(machine), podIPs: [{ ip: podIp(machine) }], conditions: ready },
  };
}
