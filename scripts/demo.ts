import { readFileSync } from 'node:fs';
import type { Report } from '../src/report/model.ts';
import { nodesTable, podsTable, timingsTable } from '../src/report/text.ts';
import { withBed } from '../testbed/src/index.ts';
import { ActionProcess, type StepResult } from './action-process.ts';

const keep = process.env['KEEP'] === '1';
const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
const title = (text: string): void => {
  print(`\n== ${text}`);
};

title('Test bed: three hosts, a download mirror and an image registry, without any way out');
await withBed(
  async ({ files }) => {
    const action = new ActionProcess({ config: files.cluster, cleanup: 'reset' }, print);
    title('The action’s main step, on the bundle, with Node.js ' + process.versions.node);
    const main = await action.run('main');
    if (main.exitCode === 0) show(main);
    else process.exitCode = 1;
    if (keep) {
      const kubeconfig = main.outputs['kubeconfig'] ?? '';
      title(`Kept, since KEEP=1. KUBECONFIG=${kubeconfig}; testbed/testbed down removes it all`);
      return;
    }
    title('The action’s post step: the hosts become what they were');
    const post = await action.run('post', main.state);
    action.remove();
    if (post.exitCode !== 0) process.exitCode = 1;
    title('Test bed down');
  },
  { keep },
);

function show({ outputs }: StepResult): void {
  const report = JSON.parse(readFileSync(outputs['report'] ?? '', 'utf8')) as Report;
  title('Nodes');
  print(nodesTable(report.nodes));
  title('nginx');
  print(podsTable(report.pods));
  title('Timings');
  print(timingsTable(report));
  title('Outputs');
  for (const name of ['outcome', 'kubernetes-version', 'cni', 'cni-version', 'node-count', 'kubeconfig']) {
    print(`${name}: ${outputs[name] ?? ''}`);
  }
}
