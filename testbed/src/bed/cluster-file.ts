import { mirrorUrl, network, registryAddress } from '../constants.ts';
import { stateFiles } from '../paths.ts';
import { type BedCni, cniOptions, versions } from '../versions.ts';

export interface ClusterFileInput {
  readonly kubernetes: string;
  readonly cni: BedCni;
  readonly hosts: number;
  readonly nginx: string;
  readonly client: string;
}

/** The cluster file that makes the product use this bed. */
export function clusterFile({ kubernetes, cni, hosts, nginx, client }: ClusterFileInput): string {
  const { key, knownHosts, checksums } = stateFiles;
  const hostLines = Array.from({ length: hosts }, (_, i) => {
    const role = i === 0 ? 'control-plane' : 'worker';
    return `  - {address: ${network.hostAddress(i + 1)}, role: ${role}}`;
  });
  const quoted = (text: string): string => JSON.stringify(text);
  return `provider: ssh
kubernetes: {version: ${quoted(kubernetes)}}
cni: ${JSON.stringify({ name: cni, options: cniOptions[cni] })}
ssh: {user: ops, port: 22, keyFile: ${quoted(key)}, knownHosts: ${quoted(knownHosts)}}
hosts:
${hostLines.join('\n')}
artifacts:
  mirror: ${mirrorUrl}
  checksums: ${quoted(checksums)}
  versions: {containerd: "${versions.containerd}", runc: "${versions.runc}", cniPlugins: "${versions.cniPlugins}", helm: "${versions.helm}"}
registryMirrors:
  registry.k8s.io: http://${registryAddress}/v2/registry.k8s.io
  docker.io: http://${registryAddress}/v2/docker.io
  ghcr.io: http://${registryAddress}/v2/ghcr.io
  quay.io: http://${registryAddress}/v2/quay.io
verify: {images: {nginx: ${quoted(nginx)}, client: ${quoted(client)}}}
`;
}
