import { BootstrapError } from '../lib/errors.ts';
import { quoteCommand } from '../lib/quote.ts';
import { sanitizeText } from '../lib/sanitize.ts';
import type { Host } from './host.ts';
import { paths } from './paths.ts';

/** Names of the units that kubeadm runs in. */
export const KUBEADM_UNITS = { init: 'k8s-bootstrap-init', join: 'k8s-bootstrap-join' } as const;

/** Whether the unit runs, or ended well and nobody asked for its end yet. */
export async function isUnitBusy(host: Host, name: string, signal: AbortSignal): Promise<boolean> {
  const show = ['systemctl', 'show', '-p', 'ActiveState', '--value', `${name}.service`];
  const { stdout } = await host.root(show, { signal });
  return ['active', 'activating'].includes(stdout.trim());
}

export interface UnitOptions {
  /** Fixed, so that a second run finds the first one's unit instead of starting another. */
  readonly name: string;
  readonly argv: readonly string[];
  /** Seconds after which systemd ends it, whether or not anybody still listens. */
  readonly timeoutSec: number;
  readonly signal: AbortSignal;
  readonly onLine?: (line: string) => void;
  /** Takes down that it ended well, while the unit is still there to tell of it. */
  readonly remember?: () => Promise<void>;
}

export interface UnitResult {
  readonly exitCode: number;
  /** Everything the command printed, last 64 KiB. */
  readonly output: string;
  /** It was running or had ended already, started by an earlier run. */
  readonly attached: boolean;
}

/** Starts the unit unless it is already there; a finished one of an earlier run is cleared first. */
const startScript = `
name=$1 timeout=$2 log=$3; shift 3
mkdir -p -m 0700 ${paths.runDir}
state=$(systemctl show -p ActiveState --value "$name.service")
case $state in
  activating|active|deactivating) echo attached; exit 0 ;;
esac
systemctl reset-failed "$name.service" 2>/dev/null || true
: > "$log"
chmod 600 "$log"
systemd-run --quiet --no-block --unit="$name" --property=Type=oneshot --property=RemainAfterExit=yes \\
  --property=TimeoutStartSec="$timeout" --property=StandardOutput="append:$log" --property=StandardError="append:$log" \\
  --setenv=PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin -- "$@"
`;

/** Follows the log until the unit's process ended, then prints how: \`<marker> ActiveState ExecMainStatus Result\`. */
const followScript = `
name=$1 log=$2 marker=$3
pid=$(systemctl show -p MainPID --value "$name.service")
while [ "$pid" = 0 ] && [ "$(systemctl show -p ActiveState --value "$name.service")" = activating ]; do
  sleep 0.05
  pid=$(systemctl show -p MainPID --value "$name.service")
done
if [ "$pid" != 0 ]; then tail -n +1 -s 0.1 --pid="$pid" -f "$log" 2>/dev/null || true; else cat "$log"; fi
while [ "$(systemctl show -p ActiveState --value "$name.service")" = activating ]; do sleep 0.05; done
printf '\\n%s ' "$marker"
systemctl show -p ActiveState -p ExecMainStatus -p Result --value "$name.service" | tr '\\n' ' '
`;

const forgetScript = `
systemctl stop "$1.service" 2>/dev/null || true
systemctl reset-failed "$1.service" 2>/dev/null || true
`;

/**
 * Runs a long command as a systemd unit of the host and waits for its end. When the connection goes meanwhile, the
 * command goes on; this function reconnects and listens again, so that it is never run twice.
 */
export async function runUnit(host: Host, options: UnitOptions): Promise<UnitResult> {
  const { name, argv, timeoutSec, signal } = options;
  const log = `${paths.runDir}/${name}.log`;
  const marker = `unit-${name}-ended`;
  const timeoutMs = (timeoutSec + 30) * 1000;
  const started = await host.sh(startScript, [name, String(timeoutSec), log, ...argv], { signal });
  const attached = started.stdout.trim() === 'attached';
  for (let losses = 0; ; losses += 1) {
    try {
      const { stdout } = await host.sh(followScript, [name, log, marker], {
        signal,
        timeoutMs,
        maxOutputBytes: 1024 * 1024,
        onLine: (line) => {
          if (!line.startsWith(marker) && line !== '') options.onLine?.(line);
        },
      });
      const result = resultOf(host, stdout, marker, argv);
      if (result.exitCode === 0) await options.remember?.();
      // Only once its end is known here: until then the unit is the memory of it, and afterwards there is none.
      const forget = () => host.sh(forgetScript, [name], { signal });
      await forget().catch((error: unknown) => (isLoss(error) ? forget() : Promise.reject(error as Error)));
      return { ...result, attached };
    } catch (error) {
      // The port reconnects with the next command; how long that may take is its own limit.
      if (!isLoss(error) || losses >= MAX_LOSSES) throw error;
      options.onLine?.('connection lost; reconnecting to see how the command goes on');
    }
  }
}

function isLoss(error: unknown): boolean {
  return error instanceof BootstrapError && error.code === 'E_LOST';
}

/** How often a connection may be lost before a run gives a host up. */
export const MAX_LOSSES = 5;
const MAX_OUTPUT = 64 * 1024;

function resultOf(
  host: Host,
  stdout: string,
  marker: string,
  argv: readonly string[],
): Omit<UnitResult, 'attached'> {
  const at = stdout.lastIndexOf(`\n${marker} `);
  const words = stdout
    .slice(at + marker.length + 2)
    .trim()
    .split(/\s+/);
  const status = words.filter((word) => /^\d+$/.test(word)).map(Number)[0];
  if (at < 0 || status === undefined || words.includes('inactive')) {
    throw new BootstrapError('E_COMMAND', `nothing is known of how ${quoteCommand(argv.slice(0, 2))} ended`, {
      host: host.address,
    });
  }
  const output = sanitizeText(stdout.slice(0, at)).slice(-MAX_OUTPUT);
  if (words.includes('timeout') && status !== 0) {
    throw new BootstrapError('E_TIMEOUT', `${quoteCommand(argv.slice(0, 2))} did not end in time`, {
      host: host.address,
    });
  }
  // A unit that failed without an exit status of its own (killed, not startable) is no success either.
  return { exitCode: status === 0 && words.includes('failed') ? 255 : status, output };
}
