import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Artefact, Recipe } from '../../cache/store.ts';
import { versions } from '../../versions.ts';
import { moduleFilesRecipe } from '../module-files.ts';

/** What kind's own build of a node image takes from its repository. */
export function kindModuleRecipe(): Recipe {
  return moduleFilesRecipe({
    name: `kind-module-${versions.kind}`,
    title: `files of kind ${versions.kind}`,
    dir: `kind-${versions.kind}`,
    module: 'sigs.k8s.io/kind',
    take: {
      files: 'images/base/files',
      'const_cni.go': 'pkg/build/nodeimage/const_cni.go',
      'const_storage.go': 'pkg/build/nodeimage/const_storage.go',
      'const.go': 'pkg/cluster/internal/loadbalancer/const.go',
    },
  });
}

export interface KindConstants {
  readonly cniManifest: string;
  readonly storageManifest: string;
  readonly provisionerImage: string;
  readonly helperImage: string;
  readonly loadBalancerImage: string;
}

export function constantsOf(module: Artefact): KindConstants {
  const constant = (file: string, name: string): string =>
    goConstant(readFileSync(join(module.dir, `${file}.go`), 'utf8'), name);
  return {
    cniManifest: constant('const_cni', 'defaultCNIManifest'),
    storageManifest: constant('const_storage', 'defaultStorageManifest'),
    provisionerImage: constant('const_storage', 'storageProvisionerImage'),
    helperImage: constant('const_storage', 'storageHelperImage'),
    loadBalancerImage: constant('const', 'Image'),
  };
}

/** The value of a string constant in Go: literals, raw or not, and names of other constants, joined by "+". */
function goConstant(source: string, name: string): string {
  const start = new RegExp(`^const ${name} = `, 'm').exec(source);
  if (start === null) throw new Error(`kind ${versions.kind} has no constant ${name}`);
  const term = /\s*(?:`([^`]*)`|"([^"]*)"|(\w+))[ \t]*(\+?)/y;
  term.lastIndex = start.index + start[0].length;
  let value = '';
  for (;;) {
    const found = term.exec(source);
    if (found === null) throw new Error(`the constant ${name} of kind ${versions.kind} is not understood`);
    const [, raw, plain, other, more] = found;
    value += raw ?? plain ?? goConstant(source, other ?? '');
    if (more === '') return value;
  }
}
