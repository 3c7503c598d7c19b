import { mirrorUrl, registryAddress } from '../constants.ts';
import { findEngine } from '../engine/index.ts';
import { answersHttp, hasSshBanner } from '../wait.ts';
import { type State, state } from './state.ts';

export interface Status {
  readonly engine: boolean;
  readonly mirror: boolean;
  readonly registry: boolean;
  readonly hosts: readonly { readonly name: string; readonly address: string; readonly ssh: boolean }[];
  readonly state: State | undefined;
}

/** What answers right now, beside what `up` wrote down. */
export async function status(): Promise<Status> {
  const written = state();
  const [engine, mirror, registry, hosts] = await Promise.all([
    findEngine(),
    written === undefined ? false : answersHttp(`${mirrorUrl}/checksums.txt`),
    written === undefined ? false : answersHttp(`http://${registryAddress}/v2/`),
    Promise.all(
      (written?.hosts ?? []).map(async (host) => ({ ...host, ssh: await hasSshBanner(host.address) })),
    ),
  ]);
  return { engine: engine !== undefined, mirror, registry, hosts, state: written };
}
