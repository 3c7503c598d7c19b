/** A command of the CLI and the flags that only it, or not all commands, take. */
export interface Command {
  readonly summary: string;
  /** It is about no cluster, and takes no settings of one. */
  readonly standalone?: boolean;
  readonly flags: readonly CommandFlag[];
  readonly examples: readonly string[];
}

export type CommandFlag =
  'kubeconfig' | 'keep' | 'report-dir' | 'cni' | 'kubernetes-version' | 'provider' | 'checksums' | 'explain';

/** Every command, in the order of the help. */
export const commands = {
  up: {
    summary: 'Bring the cluster up and verify it; find it up if it is',
    flags: ['kubeconfig', 'report-dir'],
    examples: [
      'k8s-bootstrap up -f cluster.yaml --kubeconfig ./kubeconfig',
      'k8s-bootstrap up --host 10.0.0.1 --host 10.0.0.2 --ssh-user ops --ssh-key-file id_ed25519 --known-hosts known_hosts',
    ],
  },
  down: {
    summary: 'Take the cluster off the hosts',
    flags: ['keep', 'report-dir'],
    examples: ['k8s-bootstrap down -f cluster.yaml', 'k8s-bootstrap down -f cluster.yaml --keep artifacts'],
  },
  plan: {
    summary: 'Say what up would do, and change nothing',
    flags: ['report-dir'],
    examples: ['k8s-bootstrap plan -f cluster.yaml'],
  },
  verify: {
    summary: 'Verify a cluster that is up',
    flags: ['report-dir'],
    examples: ['k8s-bootstrap verify -f cluster.yaml --report-dir report'],
  },
  nodes: {
    summary: 'List the nodes of a cluster that is up',
    flags: [],
    examples: ['k8s-bootstrap nodes -f cluster.yaml', 'k8s-bootstrap nodes -f cluster.yaml --json'],
  },
  kubeconfig: {
    summary: 'Write a new short-lived kubeconfig',
    flags: ['kubeconfig'],
    examples: ['k8s-bootstrap kubeconfig -f cluster.yaml --kubeconfig ./kubeconfig'],
  },
  matrix: {
    summary: 'Print networks and Kubernetes versions for strategy.matrix of a workflow',
    standalone: true,
    flags: ['cni', 'kubernetes-version', 'provider', 'checksums', 'explain'],
    examples: [
      'echo "matrix=$(k8s-bootstrap matrix)" >> "$GITHUB_OUTPUT"',
      'k8s-bootstrap matrix --cni flannel --kubernetes-version 1.36,1.35 --explain',
    ],
  },
} as const satisfies Readonly<Record<string, Command>>;

export type CommandName = keyof typeof commands;

/** A command that the engine carries out. */
export type ClusterCommand = Exclude<CommandName, 'matrix'>;

/** Whether the word is a command. */
export function isCommand(word: string): word is CommandName {
  return Object.hasOwn(commands, word);
}
