import * as core from '@actions/core';
import { options } from '../frontend/options.ts';
import { toSpecSource } from '../frontend/spec-source.ts';
import { BootstrapError } from '../lib/errors.ts';
import type { SpecSource } from '../spec/load.ts';
import { maskSecret } from './mask.ts';

/** What to do with the cluster after a failed or cancelled run. */
export type AfterTrouble = 'keep' | 'reset';
/** What the post step does with the cluster of a successful run. */
export type Cleanup = 'keep' | 'reset' | 'reset-keep-artifacts';

/** The Action's inputs, read once and typed. */
export interface ActionInputs {
  readonly spec: SpecSource;
  readonly onFailure: AfterTrouble;
  /** Undefined: what suits the provider. */
  readonly onCancel: AfterTrouble | undefined;
  readonly cleanup: Cleanup;
  /** Keep downloads in the job's cache. */
  readonly cache: boolean;
  /** Empty: a file in the runner's temporary directory. */
  readonly kubeconfigPath: string;
  /** Directory; empty: one in the runner's temporary directory. */
  readonly reportPath: string;
}

/**
 * Reads all inputs. Secrets are masked before anything else is looked at.
 *
 * @throws BootstrapError `E_USAGE`
 */
export function readInputs(env: Readonly<Record<string, string | undefined>>): ActionInputs {
  for (const option of options) {
    if (option.secretEnv !== undefined) maskSecret(raw(option.name));
  }
  const spec = toSpecSource({
    file: trimmed('config'),
    hosts: trimmed('hosts'),
    text: (option) => (option.secretEnv === undefined ? trimmed(option.name) : raw(option.name)),
    label: (option) => `input ${option.name}`,
    env,
  });
  return {
    spec,
    onFailure: choice('on-failure', ['keep', 'reset']),
    onCancel: trimmed('on-cancel') === '' ? undefined : choice<AfterTrouble>('on-cancel', ['keep', 'reset']),
    cleanup: choice('cleanup', ['keep', 'reset', 'reset-keep-artifacts']),
    cache: choice('cache', ['true', 'false']) === 'true',
    kubeconfigPath: trimmed('kubeconfig-path'),
    reportPath: trimmed('report-path'),
  };
}

function raw(name: string): string {
  return core.getInput(name, { trimWhitespace: false });
}

function trimmed(name: string): string {
  return core.getInput(name);
}

/** The first is the default. */
function choice<T extends string>(name: string, allowed: readonly [T, ...T[]]): T {
  const value = trimmed(name);
  if (value === '') return allowed[0];
  const found = allowed.find((item) => item === value);
  if (found !== undefined) return found;
  const where = `input ${name}`;
  throw new BootstrapError('E_USAGE', `${where} must be one of ${allowed.join(', ')}`, { where });
}
