import { DockerRunner } from '../../exec/docker.ts';
import type { Provider } from '../provider.ts';

/** Nodes as containers of this machine's Docker, made by kind. The address of a host is its container's name. */
export const kind: Provider = {
  name: 'kind',
  connect: (host) => Promise.resolve(new DockerRunner(host.address)),
};
