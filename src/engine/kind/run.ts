import type { KindArtifacts } from '../../artifacts/resolve.ts';
import type { Runner } from '../../exec/runner.ts';
import type { Creation } from '../../providers/kind/creation.ts';
import { Docker } from '../../providers/kind/docker.ts';
import type { Container, DockerInfo, Network } from '../../providers/kind/inventory.ts';

/** What the steps of one run with provider kind share. Each field says which step fills it. */
export class KindRun {
  readonly docker: Docker;
  #info: DockerInfo | undefined;
  /** Containers of a kind cluster of this name: `docker`, and again when they were made. */
  containers: readonly Container[] = [];
  /** The engine remembers that the cluster of this name is ours: `docker`. */
  marked = false;
  network: Network | undefined;
  /** How far an earlier run came: `docker`. Only a whole cluster is used again. */
  found: 'nothing' | 'part' | 'whole' = 'nothing';
  nodeImage = '';
  /** What has to be downloaded: `resolve`. */
  artifacts: KindArtifacts | undefined;
  /** Path of an archive of the CNI plugins for the nodes: `install`, made for the first that wants it. */
  plugins: Promise<string> | undefined;
  /** Name or path of the program: `fetch`. */
  binary = 'kind';
  creation: Creation | undefined;
  /** Where kind's output goes: to the step that waits for it. */
  listen: (line: string) => void = () => undefined;

  constructor(local: Runner) {
    this.docker = new Docker(local);
  }

  get info(): DockerInfo {
    if (this.#info === undefined) throw new TypeError('Docker was not asked yet');
    return this.#info;
  }

  set info(info: DockerInfo) {
    this.#info = info;
  }

  get cgroup(): 'v1' | 'v2' {
    return this.info.CgroupVersion === '1' ? 'v1' : 'v2';
  }
}

/** Name of the volume by which the engine remembers that a cluster is ours, from before its first container. */
export function markOf(cluster: string): string {
  return `k8s-bootstrap-${cluster}`;
}
