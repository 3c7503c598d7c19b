import type { ProviderName } from '../spec/cluster-spec.ts';
import { kind } from './kind/index.ts';
import type { Provider } from './provider.ts';
import { ssh } from './ssh.ts';

/** Every provider there is. */
export const providers: Readonly<Record<ProviderName, Provider>> = { kind, ssh };
