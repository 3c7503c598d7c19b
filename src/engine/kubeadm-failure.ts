import type { Host } from '../host/host.ts';
import { BootstrapError } from '../lib/errors.ts';
import type { ErrorCode } from '../lib/error-codes.ts';
import { sanitizeText } from '../lib/sanitize.ts';
import type { Cluster } from './cluster.ts';

/** Causes that kubeadm's or the kubelet's words give away, with what helps. First match wins. */
const causes: readonly { readonly sign: RegExp; readonly says: string; readonly hint: string }[] = [
  {
    sign: /cgroup v1 support|failCgroupV1/i,
    says: 'the kubelet refuses cgroup v1',
    hint: 'boot the host with cgroup v2, or set failCgroupV1: false by a kubeadm patch of KubeletConfiguration',
  },
  {
    sign: /couldn't validate the identity of the API Server|JWS signature|cluster CA found in .* does not match/i,
    says: 'the control plane’s identity could not be verified with the pinned CA hash',
    hint: 'see that the host reaches the control plane itself, and no other API server at that address',
  },
  {
    sign: /connection refused|no route to host|i\/o timeout|context deadline exceeded.*6443/i,
    says: 'the API server could not be reached',
    hint: 'see that port 6443 of the control plane is open to this host',
  },
  {
    sign: /The kubelet is not running|kubelet is not healthy/i,
    says: 'the kubelet did not come up',
    hint: 'see the kubelet’s journal (journalctl -u kubelet)',
  },
];

/** kubeadm's failure with its own last words, the kubelet's where that is silent, and the likely cause. */
export async function explainKubeadm(
  cluster: Cluster,
  host: Host,
  code: ErrorCode,
  what: string,
  output: string,
): Promise<BootstrapError> {
  const journal = await host
    .root(['journalctl', '-u', 'kubelet', '-n', '40', '--no-pager', '-o', 'cat'], {
      accept: 'any',
      timeoutMs: 15_000,
    })
    .then(({ stdout }) => sanitizeText(stdout))
    .catch(() => '');
  const told = withoutWarnings(output);
  const errorLines = told.split('\n').filter((line) => /\[ERROR |^error|fatal|failed|refused/i.test(line));
  const words = (errorLines.length > 0 ? errorLines : told.split('\n')).slice(-4).join('\n').trim();
  const cause = causeIn(told) ?? causeIn(withoutWarnings(journal));
  const message = `${what} failed${cause === undefined ? '' : `: ${cause.says}`}\n${words}`;
  return new BootstrapError(code, cluster.redactor.redact(message), {
    host: host.address,
    hint: cause?.hint ?? 'see the step’s log above; `k8s-bootstrap down` takes the attempt back',
  });
}

/** What kubeadm and the kubelet merely warn of, such as cgroup v1 that they were told to accept, has stopped nobody. */
const warning = /\[WARNING |^W\d{4} |is in maintenance mode/;

function withoutWarnings(output: string): string {
  return output
    .split('\n')
    .filter((line) => !warning.test(line))
    .join('\n');
}

function causeIn(output: string): (typeof causes)[number] | undefined {
  return causes.find(({ sign }) => sign.test(output));
}
