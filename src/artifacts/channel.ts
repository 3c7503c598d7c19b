import { BootstrapError } from '../lib/errors.ts';
import { sanitizeLine } from '../lib/sanitize.ts';
import { minorOf } from '../lib/version-order.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { loadChecksums, type ChecksumTable } from './checksums.ts';
import { downloadText, type AskOptions } from './download-text.ts';
import { urlOf } from './resolve.ts';
import { isExact, kubernetesVersionOf, supportedMinors, unsupported, withoutV } from './versions.ts';

/** Where the Kubernetes project says which release is which, without scheme. */
const RELEASES = 'dl.k8s.io/release';

/**
 * The exact Kubernetes version of a cluster, without `v`: by the tables, or by upstream where `kubernetes.channel` says so.
 *
 * @throws BootstrapError `E_VERSION`; `E_DOWNLOAD`; `E_SPEC` for a bad checksum file.
 */
export async function chooseVersion(spec: ClusterSpec, options: AskOptions): Promise<string> {
  const wanted = withoutV(spec.kubernetes.version);
  if (spec.kubernetes.channel === 'built-in' || isExact(wanted)) return kubernetesVersionOf(spec);
  if (wanted === 'stable' || wanted === 'latest') {
    const version = await newest(spec, wanted, options);
    refuseOther(minorOf(version), `${version} (${wanted} upstream)`);
    return version;
  }
  const back = /^N-(\d)$/.exec(wanted)?.[1];
  const minor =
    back === undefined ? wanted : minorBefore(await newest(spec, 'stable', options), Number(back));
  refuseOther(minor, minor === wanted ? wanted : `${minor} (${wanted} upstream)`);
  return newest(spec, `stable-${minor}`, options, minor);
}

/**
 * With provider kind what can be had are published node images, so that upstream says no more than which minor is meant.
 *
 * @returns the spec with that minor as its version.
 * @throws as `chooseVersion`
 */
export async function chooseMinor(spec: ClusterSpec, options: AskOptions): Promise<ClusterSpec> {
  const { kubernetes, kind } = spec;
  const settled = /^v?\d/.test(kubernetes.version) || kind.nodeImage !== undefined;
  if (kubernetes.channel === 'built-in' || settled) return spec;
  const version = minorOf(await chooseVersion(spec, options));
  return { ...spec, kubernetes: { ...kubernetes, version } };
}

/**
 * The tables, and with `kubernetes.channel: online` upstream's own checksums of what no table knows.
 *
 * @param programs Kubernetes' binaries that are wanted: upstream's URLs without scheme.
 * @throws BootstrapError `E_DOWNLOAD`; `E_SPEC` for a bad checksum file.
 */
export async function gatherChecksums(
  spec: ClusterSpec,
  programs: readonly string[],
  options: AskOptions,
): Promise<ChecksumTable> {
  const table = loadChecksums(spec.artifacts.checksums);
  if (spec.kubernetes.channel === 'built-in') return table;
  const missing = [...new Set(programs)].filter((upstream) => !table.has(upstream));
  const found = await Promise.all(
    missing.map(async (upstream) => {
      const sha256 = await ask(spec, `${upstream}.sha256`, /^([0-9a-f]{64})(?:\s|$)/i, options);
      return [upstream, sha256.toLowerCase()] as const;
    }),
  );
  return new Map([...table, ...found]);
}

/** What one of upstream's files says, `stable` or `stable-1.36` say. */
function newest(spec: ClusterSpec, file: string, options: AskOptions, minor = '\\d+.\\d+'): Promise<string> {
  const pattern = `^v(${minor.replaceAll('.', '\\.')}\\.\\d+(?:-[0-9A-Za-z.-]+)?)\\s*$`;
  return ask(spec, `${RELEASES}/${file}.txt`, new RegExp(pattern), options);
}

/** @returns what the pattern's group matches in the text. */
async function ask(
  spec: ClusterSpec,
  upstream: string,
  pattern: RegExp,
  options: AskOptions,
): Promise<string> {
  const url = urlOf(spec, upstream);
  const hint =
    'see that this machine reaches it and that there is such a release, name a mirror that has it ' +
    '(artifacts.mirror), or leave kubernetes.channel at built-in';
  const where = 'kubernetes.channel';
  const text = await downloadText(url, options).catch((error: unknown) => {
    if (!(error instanceof BootstrapError)) throw error;
    throw new BootstrapError(error.code, error.message, { where, hint, cause: error });
  });
  const found = pattern.exec(text)?.[1];
  if (found !== undefined) return found;
  const said = JSON.stringify(sanitizeLine(text.slice(0, 60)));
  throw new BootstrapError('E_DOWNLOAD', `${url} is not what it should be: ${said}`, { where, hint });
}

function minorBefore(version: string, back: number): string {
  const [major = '', minor = ''] = version.split('.');
  return `${major}.${String(Number(minor) - back)}`;
}

function refuseOther(minor: string, wanted: string): void {
  if (!supportedMinors.includes(minor)) throw unsupported(wanted, 'ask for one of these minors');
}
