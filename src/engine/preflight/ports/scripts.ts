import type { Host } from '../../../host/host.ts';
import { BootstrapError } from '../../../lib/errors.ts';
import { perlListener, perlProber } from './perl.ts';
import { pythonListener, pythonProber } from './python.ts';

/** What hosts have before anything is installed on them, and can listen and ask with. */
type Language = 'perl' | 'python3';

/** The lighter one of those that the host has. @throws BootstrapError `E_PREFLIGHT` for a host with neither. */
export function languageOf({ facts }: Host): Language {
  const language = (['perl', 'python3'] as const).find((name) => facts.tools.includes(name));
  if (language === undefined) throw new BootstrapError('E_PREFLIGHT', 'it has neither perl nor python3');
  return language;
}

/**
 * Binds all `ports` (`tcp:6443`) that are free at the address at once, then prints `ready` and their names. Whoever connects is
 * told the nonce, over UDP whoever asks `<nonce>?`. Ends with its stdin, or after so many whole seconds.
 */
export function listenerArgv(
  language: Language,
  {
    nonce,
    seconds,
    address,
    ports,
  }: { nonce: string; seconds: number; address: string; ports: readonly string[] },
): readonly string[] {
  const args = [nonce, String(seconds), address, ...ports];
  return language === 'perl'
    ? ['perl', '-e', perlListener, ...args]
    : ['python3', '-IS', '-c', pythonListener, ...args];
}

/** A port to try; `open`: a connection will do, since whoever listens there knows no nonce. */
export interface Target {
  readonly protocol: 'tcp' | 'udp';
  readonly address: string;
  readonly port: number;
  readonly expect: 'nonce' | 'open';
}

/** Tries all targets at once, and prints `<index> ok|refused|blocked` for each that it could try. */
export function proberArgv(
  language: Language,
  { nonce, seconds, targets }: { nonce: string; seconds: number; targets: readonly Target[] },
): readonly string[] {
  const args = [
    nonce,
    String(seconds),
    ...targets.map(
      ({ protocol, address, port, expect }) => `${protocol} ${address} ${String(port)} ${expect}`,
    ),
  ];
  return language === 'perl'
    ? ['perl', '-e', perlProber, ...args]
    : ['python3', '-IS', '-c', pythonProber, ...args];
}
