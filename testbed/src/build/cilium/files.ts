import type { Recipe } from '../../cache/store.ts';
import { versions } from '../../versions.ts';
import { cilium } from '../components.ts';
import { moduleFilesRecipe } from '../module-files.ts';

const source = { dir: cilium.dir, module: 'github.com/cilium/cilium' };
const chart = 'install/kubernetes/cilium';

/** What the agent's image holds beside programs, below `root`: sources that agents compile, scripts that the chart calls. */
export function imageFilesRecipe(): Recipe {
  return moduleFilesRecipe({
    ...source,
    name: `cilium-files-${versions.cilium}`,
    title: `files of Cilium ${versions.cilium}`,
    take: {
      'root/var/lib/cilium/bpf': 'bpf',
      'root/init-container.sh': 'images/cilium/init-container.sh',
      'root/install-plugin.sh': 'plugins/cilium-cni/install-plugin.sh',
      'root/cni-uninstall.sh': 'plugins/cilium-cni/cni-uninstall.sh',
    },
    leave: ['bpf/tests', 'bpf/complexity-tests'],
  });
}

/** The chart's files; the templates of two of them do not belong into its archive. */
export function chartRecipe(): Recipe {
  return moduleFilesRecipe({
    ...source,
    name: `cilium-chart-${versions.cilium}`,
    title: `chart of Cilium ${versions.cilium}`,
    take: { '': chart },
    leave: [`${chart}/values.yaml.tmpl`, `${chart}/README.md.gotmpl`],
  });
}
