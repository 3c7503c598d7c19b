import type { Runner } from '../../../src/exec/runner.ts';

const FILE = '/dev/shm/command-lines';

/** Notes the command lines of all processes, again and again, until its standard input closes. */
const script = `
echo watching
while :; do
  tail -vn +1 /proc/[0-9]*/cmdline 2>/dev/null | tr '\\0' ' ' >> ${FILE}
  sleep 0.05
done &
cat > /dev/null
kill $!
`;

export interface CommandLineWatch {
  /** Ends the watch. @returns every command line seen on any host. */
  stop(): Promise<string>;
}

/** Watches what everybody on the hosts could see in the process list. */
export async function watchCommandLines(hosts: readonly Runner[]): Promise<CommandLineWatch> {
  const watches = await Promise.all(hosts.map((host) => host.hold(['bash', '-c', script])));
  return {
    stop: async () => {
      await Promise.all(watches.map((watch) => watch.close()));
      const seen = await Promise.all(
        hosts.map((host) => host.run(['sh', '-c', `sort -u ${FILE}; rm -f ${FILE}`])),
      );
      return seen.map(({ stdout }) => stdout).join('\n');
    },
  };
}
