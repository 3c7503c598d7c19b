import type { Finding } from '../../report/model.ts';

const GIB = 2 ** 30;
/** kubeadm's own limits for a control plane (`NumCPU`, `Mem`); workers get by with less. */
const MIN_CPUS = 2;
const MIN_MEMORY = 1700 * 2 ** 20;

/** Whether a machine is large enough for a control plane. */
export function machineFindings(machine: {
  readonly cpus: number;
  readonly memoryBytes: number;
}): readonly Finding[] {
  const { cpus, memoryBytes } = machine;
  return [
    ...(cpus < MIN_CPUS
      ? [small('cpu', `${String(cpus)} CPU, and a control plane needs ${String(MIN_CPUS)}`)]
      : []),
    ...(memoryBytes < MIN_MEMORY
      ? [small('memory', `${(memoryBytes / GIB).toFixed(1)} GiB of memory, and a control plane needs 1.7`)]
      : []),
  ];
}

function small(id: string, message: string): Finding {
  return { id, severity: 'error', message };
}
