import { BootstrapError } from '../lib/errors.ts';
import type { Provider } from './provider.ts';
import { ssh } from './ssh.ts';

/** Every provider there is. */
const providers: readonly Provider[] = [ssh];

/** @throws BootstrapError `E_SPEC` for one that is not there. */
export function providerNamed(name: Provider['name']): Provider {
  const provider = providers.find((candidate) => candidate.name === name);
  if (provider === undefined) {
    throw new BootstrapError('E_SPEC', `the provider ${name} is not available`, {
      where: 'provider',
      hint: `choose from ${providers.map((candidate) => candidate.name).join(', ')}`,
    });
  }
  return provider;
}
