import { paths } from '../../src/host/paths.ts';
import { parseState } from '../../src/host/state.ts';
import { fakeCluster, type FakeSpecOptions } from './cluster.ts';
import type { FakeRunner } from './fake-runner.ts';
import { FakeUnit, type FakeUnitOptions } from './fake-unit.ts';
import { hostState } from './host-state.ts';
import { testCa } from './test-ca.ts';

export const CONFIG = '/run/k8s-bootstrap/kubeadm.yaml';

/** What kubeadm, kubectl and systemd say on a host where everything goes well. */
export function teachKubeadm(runner: FakeRunner, options: FakeUnitOptions = {}): FakeUnit {
  const unit = new FakeUnit(options);
  for (const rule of unit.rules) runner.on(...rule);
  runner
    .on('/usr/local/bin/kubectl', '')
    .on('/usr/local/bin/kubeadm token create', '')
    .on('/usr/local/bin/kubeadm reset', '')
    .on('cat /etc/kubernetes/pki/ca.crt', testCa)
    .on('journalctl', '')
    .on(`rm -f ${CONFIG}`, '')
    .on('systemctl show -p ActiveState', 'inactive\n');
  return unit;
}

/** A cluster whose hosts are prepared for kubeadm; units by host. */
export function kubeadmCluster(options: FakeSpecOptions & { units?: readonly FakeUnitOptions[] } = {}) {
  const at = fakeCluster(options);
  const units = at.runners.map((runner, index) => teachKubeadm(runner, options.units?.[index]));
  for (const host of at.cluster.hosts) host.state = hostState({ role: host.spec.role });
  /** Every secret that the front end was told of. */
  const secrets = (): readonly string[] =>
    at.events.flatMap((event) => (event.type === 'secret' ? [event.value] : []));
  return { ...at, units, secrets };
}

/** Everything that a runner was given and that others on the host could read: argvs and the environment. */
export function visibleOn(runners: readonly FakeRunner[]): string {
  return JSON.stringify(
    runners.flatMap(({ calls }) => calls.map(({ argv, options }) => [argv, options.env ?? {}])),
  );
}

/** The phases that were written on the host, in order. */
export function phases(runner: FakeRunner): readonly string[] {
  return runner.uploads.flatMap(({ path, content }) => {
    if (path !== paths.state || !('data' in content)) return [];
    const state = parseState(Buffer.from(content.data).toString());
    return [typeof state === 'object' ? state.phase : String(state)];
  });
}

/** Lines about the configuration file and about what reads it, in order. */
export function configLife(runner: FakeRunner): readonly string[] {
  return runner.lines
    .filter((line) => line.includes(CONFIG))
    .map((line) => (line.startsWith('rm ') ? 'removed' : 'used'));
}
