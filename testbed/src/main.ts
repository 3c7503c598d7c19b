import { parseArgs } from 'node:util';
import { down, freshHosts, up } from './bed/index.ts';
import { status, type Status } from './bed/status.ts';
import { build } from './build/index.ts';
import { killRunning } from './command.ts';
import { printToStderr } from './progress.ts';
import { ssh } from './ssh.ts';
import { defaultCni, defaultKubernetes, knownCni } from './versions.ts';

const usage = `usage: testbed up [--hosts N] [BUILD OPTIONS]     build what is missing, start everything
       testbed build [BUILD OPTIONS]              only fill the caches
       testbed hosts [--hosts N]                  replace all hosts by fresh ones
       testbed status                             what is there and what answers
       testbed ssh [USER@]HOST [COMMAND...]       a session on a host (as ops)
       testbed down                               remove everything but the caches
build options: --kubernetes VERSION[,VERSION...]  the first one is that of the cluster file
               --cni CNI[,CNI...]                 cilium too; the first one is that of the cluster file
               --kind                             kind and its node images as well
`;

async function main(argv: readonly string[]): Promise<number> {
  const [command, ...rest] = argv;
  // The words after the host are for the host, options among them.
  if (command === 'ssh' && rest[0] !== undefined) return ssh(rest[0], rest.slice(1));
  const { values } = parseArgs({
    args: rest,
    options: {
      hosts: { type: 'string' },
      kubernetes: { type: 'string', default: defaultKubernetes },
      cni: { type: 'string', default: defaultCni },
      kind: { type: 'boolean', default: false },
    },
  });
  const wanted = {
    kubernetes: values.kubernetes.split(','),
    cnis: values.cni.split(',').map(knownCni),
    kind: values.kind,
  };
  const hosts = values.hosts === undefined ? {} : { hosts: Number(values.hosts) };
  switch (command ?? '') {
    case 'up':
      await up({ ...wanted, ...hosts });
      return 0;
    case 'build':
      await build(wanted, printToStderr);
      return 0;
    case 'hosts':
      await freshHosts(hosts);
      return 0;
    case 'status':
      return showStatus(await status());
    case 'down':
      await down();
      return 0;
    default:
      process.stderr.write(usage);
      return 2;
  }
}

function showStatus({ engine, mirror, registry, hosts, state }: Status): number {
  const answers = (yes: boolean): string => (yes ? 'answers' : 'does not answer');
  const lines = [
    `engine    ${answers(engine)}`,
    `mirror    ${answers(mirror)}`,
    `registry  ${answers(registry)}`,
    ...hosts.map(({ name, address, ssh: yes }) => `${name}    ${address} ${answers(yes)}`),
    state === undefined
      ? 'the test bed is not up'
      : `Kubernetes ${state.kubernetes.join(', ')}; ${state.cnis.join(', ')}; ${state.files.cluster}`,
    ...(state?.kind === undefined
      ? []
      : [`kind ${state.kind.version}: ${Object.values(state.kind.nodeImages).join(', ')}`]),
  ];
  process.stdout.write(`${lines.join('\n')}\n`);
  return state !== undefined && mirror && registry && hosts.every(({ ssh: yes }) => yes) ? 0 : 1;
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.once(signal, () => {
    killRunning();
    process.exit(130);
  });
}

try {
  // Ended by hand: a heartbeat or a connection that is left over must not hold the process.
  process.exit(await main(process.argv.slice(2)));
} catch (error) {
  const cause =
    error instanceof Error && error.cause instanceof Error ? `\n  because: ${error.cause.message}` : '';
  process.stderr.write(`testbed: ${error instanceof Error ? error.message : String(error)}${cause}\n`);
  process.exit(1);
}
