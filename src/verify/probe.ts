import { sanitizeLine } from '../lib/sanitize.ts';
import type { PodPlacement, Probe } from '../report/model.ts';
import { bracketed } from '../lib/ip.ts';
import type { Observation, VerifyContext } from './check.ts';
import { CLIENT, NAMESPACE } from './deployment.ts';

export interface Target {
  /** For people. */
  readonly label: string;
  readonly url: string;
  /** Names of the pods of which any may answer. */
  readonly answeredBy: readonly string[];
}

/** Routes and Services take a moment to reach every node; this long a probe is made again until it is answered. */
const CONVERGENCE_SEC = 20;

/**
 * Asks for each URL in turn until it answers or the time is over; prints `<index> <exit code> <answer>`. Not with
 * wget's own limit (-T), which makes busybox 1.35 crash.
 */
const probeScript = `
limit=$1; shift
index=0
for url in "$@"; do
  end=$(($(date +%s) + limit))
  while :; do
    answer=$(timeout 3 wget -q -O - "$url" 2>&1); code=$?
    [ $code = 0 ] && break
    [ $(date +%s) -ge $end ] && break
    sleep 0.2
  done
  echo "$index $code $(echo $answer)"
  index=$((index + 1))
done
`;

/** Every pod asks for every target, all pods side by side. */
export async function probeAll(context: VerifyContext, targets: readonly Target[]): Promise<Observation> {
  const { pods } = context;
  if (pods.length === 0) return { status: 'error', observed: 'there are no running nginx pods to ask from' };
  const probes = (await Promise.all(pods.map((from) => probeFrom(context, from, targets)))).flat();
  const failed = probes.filter(({ status }) => status !== 'pass');
  if (failed.length === 0)
    return {
      status: 'pass',
      observed: `${String(probes.length)} of ${String(probes.length)} answered`,
      probes,
    };
  const [first] = failed;
  const text = first === undefined ? '' : `; ${first.from} → ${first.to}: ${first.detail}`;
  return {
    status: failed.some(({ status }) => status === 'fail') ? 'fail' : 'error',
    observed: `${String(failed.length)} of ${String(probes.length)} did not answer${text}`,
    probes,
    hint: 'see that the hosts let the CNI’s traffic through to each other (firewall, security groups, MTU)',
  };
}

async function probeFrom(
  context: VerifyContext,
  from: PodPlacement,
  targets: readonly Target[],
): Promise<readonly Probe[]> {
  const { kubectl, signal } = context;
  const exec = [
    '-n',
    NAMESPACE,
    'exec',
    from.name,
    '-c',
    CLIENT,
    '--',
    'sh',
    '-c',
    probeScript,
    'probe',
    String(CONVERGENCE_SEC),
  ];
  const timeoutMs = (targets.length * (CONVERGENCE_SEC + 5) + 30) * 1000;
  const result = await kubectl.run([...exec, ...targets.map(({ url }) => url)], {
    signal,
    timeoutMs,
    accept: 'any',
  });
  return targets.map((target, index): Probe => {
    const place = { from: from.node, to: target.label };
    const match = new RegExp(`^${String(index)} (\\d+) (.*)$`, 'm').exec(result.stdout);
    // An exec that failed says nothing about the network: neither pass nor fail.
    if (match === null)
      return {
        ...place,
        status: 'error',
        detail: `the probe could not be made: ${sanitizeLine(result.stderr).slice(0, 200)}`,
      };
    const [, code, answer = ''] = match;
    if (code !== '0')
      return {
        ...place,
        status: 'fail',
        detail: sanitizeLine(answer).slice(0, 200) || `wget exited with ${code ?? '?'}`,
      };
    if (target.answeredBy.includes(answer.trim())) return { ...place, status: 'pass', detail: answer.trim() };
    return {
      ...place,
      status: 'fail',
      detail: `answered by something else: ${sanitizeLine(answer).slice(0, 100)}`,
    };
  });
}

/** `http://` URL of an address, in brackets where it is IPv6. */
export function urlOf(address: string): string {
  return `http://${bracketed(address)}/`;
}
