import { imagesOf, normalizeImage } from '../../kube/objects.ts';
import { BootstrapError } from '../../lib/errors.ts';
import { sanitizeText } from '../../lib/sanitize.ts';
import type { Host } from '../../host/host.ts';
import { paths } from '../../host/paths.ts';
import type { Cluster } from '../cluster.ts';
import type { HostStep } from '../step.ts';
import { kubeadmImages } from '../kubeadm-images.ts';

/** Pulls what the node will run, so that no kubelet waits for a registry later and a missing image is named here. */
export function imagesStep(
  kubernetes: (...of: Parameters<typeof kubeadmImages>) => Promise<readonly string[]>,
): HostStep {
  return {
    id: 'images',
    title: 'Pull images',
    scope: 'hosts',
    needs: ['install', 'load-images'],
    run: async (cluster, host, { signal, log }) => {
      const wanted = imagesFor(cluster, host, await kubernetes(cluster, host, signal));
      const { stdout } = await host.root([`${paths.bin}/ctr`, '-n', 'k8s.io', 'images', 'ls', '-q'], {
        signal,
      });
      const present = new Set(stdout.split('\n'));
      const missing = wanted.filter((image) => !present.has(image));
      if (missing.length === 0) return { changed: false, note: 'all present already' };
      cluster.beginChange();
      const result = await host.sh(pullScript, missing, {
        signal,
        timeoutMs: 15 * 60_000,
        accept: 'any',
        onLine: (line) => {
          if (line.startsWith('pulled ')) log(line);
        },
      });
      if (result.exitCode !== 0) throw imageError(cluster, result.stdout, missing);
      return { changed: true, note: `${String(missing.length)} pulled` };
    },
  };
}

export const images = imagesStep(kubeadmImages);

/** One at a time: a pull already uses several connections and cores, and other hosts pull side by side. */
const pullScript = `
failed=0
for image in "$@"; do
  if error=$(${paths.bin}/ctr -n k8s.io images pull --hosts-dir ${paths.registries} --label io.cri-containerd.image=managed "$image" 2>&1 >/dev/null); then
    echo "pulled $image"
  else
    echo "failed $image $(printf %s "$error" | tail -n 1)"; failed=1
  fi
done
exit $failed
`;

function imagesFor(cluster: Cluster, host: Host, kubernetes: readonly string[]): readonly string[] {
  const own = host.isControlPlane
    ? kubernetes
    : kubernetes.filter((image) => /\/(pause|kube-proxy|coredns)/.test(image));
  const { nginx, client } = cluster.spec.verify.images;
  const network = [...imagesOf(cluster.cniObjects), ...(cluster.cni.images?.(cluster.cniContext) ?? [])];
  return [...new Set([...own, ...network, nginx, client].map(normalizeImage))];
}

function imageError(cluster: Cluster, output: string, missing: readonly string[]): BootstrapError {
  const failures = [...output.matchAll(/^failed (\S+) ?(.*)$/gm)].map(([, image = '', why = '']) => ({
    image,
    why,
  }));
  const [first] = failures;
  const image = first?.image ?? missing[0] ?? '';
  const registry = image.split('/')[0] ?? '';
  const mirror = cluster.spec.registryMirrors[registry];
  const others = failures.length > 1 ? ` (and ${String(failures.length - 1)} more)` : '';
  return new BootstrapError(
    'E_IMAGE',
    `cannot pull ${image}${others}: ${sanitizeText(first?.why ?? '').trim()}`,
    {
      hint:
        mirror === undefined
          ? `see that the host reaches ${registry}, or name a mirror of it (registryMirrors)`
          : `see that ${mirror} serves it`,
    },
  );
}
