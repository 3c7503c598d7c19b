import type { Host } from '../host/host.ts';
import { paths } from '../host/paths.ts';
import { clusterConfig } from '../kube/kubeadm-config.ts';
import { BootstrapError } from '../lib/errors.ts';
import type { Cluster } from './cluster.ts';

const asked = new WeakMap<Host, Promise<readonly string[]>>();

/** The images that kubeadm's cluster is made of, by the host's own kubeadm; asked once a host. */
export function kubeadmImages(cluster: Cluster, host: Host, signal: AbortSignal): Promise<readonly string[]> {
  const known = asked.get(host);
  if (known !== undefined) return known;
  const list = [`${paths.bin}/kubeadm`, 'config', 'images', 'list', '--config=/dev/stdin'];
  const input = clusterConfig(cluster.spec, cluster.kubernetesVersion);
  const wanted = (image: string): boolean =>
    !image.includes('/kube-proxy:') || cluster.cni.replacesKubeProxy?.(cluster.spec) !== true;
  const answer = host.root(list, { signal, input }).then(({ stdout }) => parse(stdout).filter(wanted));
  asked.set(host, answer);
  return answer;
}

/** They become arguments and configuration, so nothing but references may pass. */
function parse(stdout: string): readonly string[] {
  const images = stdout.split('\n').filter(Boolean);
  const odd = images.find((image) => !/^[a-z0-9][a-z0-9._:/@-]*$/i.test(image));
  if (odd === undefined && images.length > 0) return images;
  throw new BootstrapError(
    'E_PREPARE',
    `kubeadm names no images, or strange ones: ${JSON.stringify(odd ?? '')}`,
  );
}
