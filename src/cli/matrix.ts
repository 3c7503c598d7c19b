import { cniNamed, cniNames } from '../cni/index.ts';
import { compatibilityMatrix } from '../engine/matrix.ts';
import { splitList } from '../frontend/parse-value.ts';
import { BootstrapError } from '../lib/errors.ts';
import type { ProviderName } from '../spec/cluster-spec.ts';
import { kubernetesVersion } from '../spec/schema/kubernetes.ts';
import { suggestion } from '../spec/suggest.ts';
import type { ParsedArgs } from './args.ts';
import type { CliDependencies } from './dependencies.ts';

const providers: readonly ProviderName[] = ['ssh', 'kind'];

/**
 * Prints the matrix as one line of JSON, and what was left out of it to standard error.
 *
 * @throws BootstrapError `E_USAGE`; `E_VERSION` when nothing is left, which GitHub would refuse; `E_SPEC`.
 */
export function printMatrix(args: ParsedArgs, { stdout, stderr }: CliDependencies): void {
  const { include, excluded } = compatibilityMatrix({
    // One of the user's own needs more than a name.
    cnis: (chosen('cni', args, cniNames) ?? cniNames.filter((name) => name !== 'manifest')).map(cniNamed),
    providers: chosen('provider', args, providers) ?? ['kind'],
    kubernetesVersions: versions(args),
    checksums: args.values['checksums']?.[0],
  });
  for (const { cni, provider, reason, ...cell } of excluded) {
    const what = `${cni} ${cell['cni-version']}, Kubernetes ${cell['kubernetes-version']}, ${provider}`;
    stderr.write(`left out: ${what}: ${reason}\n`);
  }
  const explain = args.switches.has('explain');
  if (include.length === 0 && !explain) {
    throw new BootstrapError('E_VERSION', 'the matrix is empty', {
      hint: 'ask for other versions; the lines above say what is in the way of these',
    });
  }
  stdout.write(`${JSON.stringify(explain ? { include, excluded } : { include })}\n`);
}

function listed(flag: string, { values }: ParsedArgs): readonly string[] {
  return (values[flag] ?? []).flatMap(splitList);
}

function chosen<T extends string>(
  flag: string,
  args: ParsedArgs,
  names: readonly T[],
): readonly T[] | undefined {
  const words = listed(flag, args);
  if (words.length === 0) return undefined;
  return words.map((word) => {
    const known = names.find((name) => name === word);
    if (known !== undefined) return known;
    throw usage(flag, word, 'is not known', suggestion(word, names));
  });
}

function versions(args: ParsedArgs): readonly string[] {
  const flag = 'kubernetes-version';
  const words = listed(flag, args);
  const odd = words.find((word) => !kubernetesVersion.safeParse(word).success);
  if (odd === undefined) return words;
  throw usage(flag, odd, 'is no version of Kubernetes', 'give 1.36.3, 1.36, stable, latest or N-1');
}

function usage(flag: string, word: string, what: string, hint: string): BootstrapError {
  return new BootstrapError('E_USAGE', `--${flag}: ${JSON.stringify(word)} ${what}`, {
    where: `--${flag}`,
    hint,
  });
}
