import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Report } from '../src/report/model.ts';
import { nodesTable, podsTable, timingsTable } from '../src/report/text.ts';
import { down, up } from '../testbed/src/index.ts';
import { ActionProcess } from './action-process.ts';
import { repository } from './run.ts';

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const title = (text: string): void => {
  print(`\n== ${text}`);
};

title('Test bed: three hosts, a download mirror and an image registry, without any way out');
await up();
const config = join(repository, '.testbed', 'cluster.yaml');
const action = new ActionProcess({ config, cleanup: 'reset' }, print);
try {
  title('The action’s main step, on the bundle, with Node.js ' + process.versions.node);
  const main = await action.run('main');
  if (main.exitCode === 0) {
    const report = JSON.parse(readFileSync(main.outputs['report'] ?? '', 'utf8')) as Report;
    title('Nodes');
    print(nodesTable(report.nodes));
    title('nginx');
    print(podsTable(report.pods));
    title('Timings');
    print(timingsTable(report));
    title('Outputs');
    for (const name of ['outcome', 'kubernetes-version', 'cni', 'cni-version', 'node-count', 'kubeconfig']) {
      print(`${name}: ${main.outputs[name] ?? ''}`);
    }
  }
  if (process.env['KEEP'] === '1') {
    title(
      `Kept, since KEEP=1. KUBECONFIG=${main.outputs['kubeconfig'] ?? ''}; testbed/testbed down removes it all`,
    );
  } else {
    title('The action’s post step: the hosts become what they were');
    const post = await action.run('post', main.state);
    action.remove();
    if (post.exitCode !== 0) process.exitCode = 1;
  }
  if (main.exitCode !== 0) process.exitCode = 1;
} finally {
  if (process.env['KEEP'] !== '1') {
    title('Test bed down');
    await down();
  }
}
