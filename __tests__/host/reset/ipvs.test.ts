import { existsSync, writeFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';
import { ipvsFunctions } from '../../../src/host/reset/ipvs.ts';
import { SandboxShell } from '../../helpers/sandbox-shell.ts';

const one = 'IP\nProt\n  ->\nTCP  0A600001:01BB rr\n';

test.each([
  ['by ipvsadm', one, ['ipvsadm', 'perl', 'python3'], 'ipvsadm'],
  ['by perl where there is no ipvsadm', one, ['perl', 'python3'], 'perl'],
  ['by Python where there is neither', one, ['python3'], 'python3'],
  ['by nobody where there is nothing', one, [], undefined],
  ['by nobody where there are none', 'IP\nProt\n  ->\n', ['ipvsadm', 'perl', 'python3'], undefined],
])('virtual servers are cleared %s', (_, servers, tools, by) => {
  using shell = new SandboxShell();
  writeFileSync(shell.path('ip_vs'), servers);
  for (const tool of ['ipvsadm', 'perl', 'python3'])
    shell.fake(tool, tools.includes(tool) ? `: > "$DIR/${tool}.ran"` : 'exit 127');
  const script = `set -eu${ipvsFunctions}clear_servers`.replaceAll('/proc/net/', `${shell.dir}/`);
  expect(shell.run(['sh', '-c', script], {})).toMatchObject({ exitCode: 0 });
  const ran = ['ipvsadm', 'perl', 'python3'].filter((tool) => existsSync(shell.path(`${tool}.ran`)));
  expect(ran).toEqual(by === undefined ? [] : [by]);
});
