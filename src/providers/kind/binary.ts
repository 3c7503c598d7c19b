import type { Runner } from '../../exec/runner.ts';

/** The oldest kind whose nodes run with containerd 2, which the configuration here is for. */
const OLDEST: readonly [number, number] = [0, 27];

/** Version, without `v`, of a kind on the PATH that is new enough. */
export async function kindOnPath(
  local: Runner,
  options: { readonly signal: AbortSignal },
): Promise<string | undefined> {
  const { exitCode, stdout } = await local.run(['kind', 'version', '--quiet'], { ...options, accept: 'any' });
  const [version, major, minor] = /^v?(\d+)\.(\d+)\.\d+\S*$/.exec(stdout.trim()) ?? [];
  if (exitCode !== 0 || version === undefined) return undefined;
  const newer = Number(major) > OLDEST[0] || Number(minor) >= OLDEST[1];
  return newer ? version.replace(/^v/, '') : undefined;
}
