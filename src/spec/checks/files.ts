import { accessSync, constants, statSync } from 'node:fs';
import type { ClusterSpec } from '../cluster-spec.ts';
import { isUrl } from '../complete.ts';
import { shown, type Path, type Problem } from '../problem.ts';
import { isTar } from '../schema/text.ts';

/** Files that are named must be there and readable. */
export function checkFiles({
  provider,
  ssh,
  hosts,
  artifacts,
  cni,
  images,
}: ClusterSpec): readonly Problem[] {
  const named: readonly (readonly [Path, string | undefined])[] = [
    ...(provider === 'ssh'
      ? ([
          [['ssh', 'keyFile'], ssh.keyFile],
          [['ssh', 'knownHosts'], ssh.knownHosts],
          [['ssh', 'bastion', 'keyFile'], ssh.bastion?.keyFile],
        ] as const)
      : []),
    ...hosts.map(({ keyFile }, index) => [['hosts', index, 'keyFile'], keyFile] as const),
    ...images.flatMap((image, index) => (isTar(image) ? [[['images', index], image] as const] : [])),
    [['artifacts', 'checksums'], artifacts.checksums],
    [['cni', 'manifest'], isUrl(cni.manifest) ? undefined : cni.manifest],
  ];
  // A key that hosts inherit is reported once.
  const seen = new Set<string>();
  return named.flatMap(([path, file]) => {
    if (file === undefined || seen.has(file)) return [];
    seen.add(file);
    const reason = whyUnreadable(file);
    return reason === undefined
      ? []
      : [{ path, what: `cannot read ${shown(file)}: ${reason}`, fix: 'correct the path' }];
  });
}

function whyUnreadable(file: string): string | undefined {
  try {
    if (statSync(file).isDirectory()) return 'it is a directory';
    accessSync(file, constants.R_OK);
    return undefined;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'ENOENT' ? 'there is no such file' : (code ?? 'unknown');
  }
}
