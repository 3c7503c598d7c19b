import { cpSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { digestOfTree } from '../../cache/digest.ts';
import type { Artefact, Recipe } from '../../cache/store.ts';
import { run } from '../../command.ts';
import { testbedDir } from '../../paths.ts';
import { versions } from '../../versions.ts';

const sources = [
  'pkg/build/nodeimage/const_cni.go',
  'pkg/build/nodeimage/const_storage.go',
  'pkg/cluster/internal/loadbalancer/const.go',
];

/** What kind's own build of a node image takes from its repository. */
export function kindModuleRecipe(): Recipe {
  const dir = join(testbedDir, 'go', `kind-${versions.kind}`);
  return {
    name: `kind-module-${versions.kind}`,
    title: `files of kind ${versions.kind}`,
    expectedSeconds: 2,
    pool: 'go',
    inputs: { module: digestOfTree(dir), sources },
    async build(out, log) {
      const answer = await run('go', ['mod', 'download', '-json', 'sigs.k8s.io/kind'], { cwd: dir, log });
      const module = (JSON.parse(answer) as { Dir: string }).Dir;
      cpSync(join(module, 'images', 'base', 'files'), join(out, 'files'), { recursive: true });
      for (const source of sources) cpSync(join(module, source), join(out, basename(source)));
    },
  };
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
