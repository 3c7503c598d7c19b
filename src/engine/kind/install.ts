import { staleFiles, writeFiles } from '../../host/files.ts';
import { mountCommands } from '../../host/mounts.ts';
import { paths } from '../../host/paths.ts';
import { mirrorFiles } from '../../host/runtime-config.ts';
import { baselineOf, writeState } from '../../host/state.ts';
import type { HostStep } from '../step.ts';
import { addPlugins } from './plugins.ts';
import { settingsOf } from './settled.ts';

/** Adds to a node what its image lacks: CNI plugins, registry mirrors, and the state that says whose it is. */
export const install: HostStep = {
  id: 'install',
  title: 'Complete the node',
  scope: 'hosts',
  needs: ['facts'],
  run: async (cluster, host, { signal }) => {
    const stale = await staleFiles(host, mirrorFiles(cluster.spec.registryMirrors), { signal });
    const mounts = mountCommands(cluster.cni.host, host.facts.mounts);
    const whole = cluster.kind.found === 'whole';
    const otherCni = whole && host.state?.cni !== cluster.cni.name;
    if (whole && !otherCni && stale.length === 0 && mounts.length === 0)
      return { changed: false, note: 'in place already' };
    cluster.beginChange();
    await writeFiles(host, stale, { signal });
    if (mounts.length > 0) await host.sh(mounts.join('\n'), [], { signal });
    // The former CNI may have needed none.
    if (otherCni) await addPlugins(cluster, host, signal);
    if (whole) return { changed: true };
    await writeState(
      host,
      {
        schemaVersion: 1,
        cluster: cluster.spec.name,
        role: host.spec.role,
        phase: 'prepared',
        kubernetesVersion: cluster.kubernetesVersion,
        cni: cluster.cni.name,
        settings: settingsOf(cluster.spec),
        podCIDR: cluster.spec.cni.podCIDR,
        // A node goes with its container; only another CNI asks what was there before the first one.
        before: baselineOf(host.facts),
      },
      signal,
    );
    await host.sh(linkScript, [], { signal });
    await addPlugins(cluster, host, signal);
    await host.sh(runtimeScript, [], { signal, timeoutMs: 60_000 });
    return { changed: true };
  },
  describe: () => ['add the CNI plugins that the image lacks'],
};

/** The image has its programs elsewhere than we install them. */
const linkScript = `
for name in kubeadm kubectl ctr; do
  [ -e ${paths.bin}/$name ] || ln -s "$(command -v $name)" ${paths.bin}/$name
done
mkdir -p ${paths.cniBin}
`;

/** On cgroup v1 kind goes on while systemd still starts containerd, and there is no bus yet that would tell. */
const runtimeScript = `until ${paths.bin}/ctr version >/dev/null 2>&1; do sleep 0.2; done`;
