import type { Runner } from '../../../src/exec/runner.ts';

/**
 * Makes the host deaf on every SSH connection but our own. It does not notice, and keeps what runs there; whoever is at
 * the other end has to find out.
 */
const script = `
own=$(echo "$SSH_CONNECTION" | cut -d ' ' -f 2)
for port in $(ss -Htn state established '( sport = :22 )' | sed 's/.*://' | tr -d ' '); do
  if [ "$port" != "$own" ]; then
    iptables -I INPUT -p tcp --dport 22 --sport "$port" -j DROP
    echo "$port"
  fi
done
`;

/** @returns takes the deafness away again. */
export async function silenceOthers(host: Runner): Promise<() => Promise<unknown>> {
  const { stdout } = await host.run(['sh', '-c', script]);
  const ports = stdout.split('\n').filter(Boolean);
  const rule = (port: string): string => `iptables -D INPUT -p tcp --dport 22 --sport ${port} -j DROP`;
  return () => host.run(['sh', '-c', ports.map(rule).join('\n')]);
}
