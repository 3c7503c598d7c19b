import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { restoreRoutes } from '../../../src/host/reset/routes.ts';
import { fakeCluster } from '../../helpers/cluster.ts';
import { quiet } from '../../helpers/failure.ts';
import { SandboxShell } from '../../helpers/sandbox-shell.ts';

let shell: SandboxShell;
beforeEach(() => {
  shell = new SandboxShell();
});
afterEach(() => {
  shell[Symbol.dispose]();
});

const hostOf = () => {
  const { cluster, runner } = fakeCluster();
  runner.on('sh -c', shell.run);
  return { host: cluster.controlPlane, runner };
};
const done = (): readonly string[] => {
  try {
    return readFileSync(shell.path('done'), 'utf8').split('\n').filter(Boolean);
  } catch {
    return [];
  }
};

describe('rules and routes', () => {
  const ip = (rules: string) =>
    shell.fake(
      'ip',
      `case "$1 $2 $3" in *' rule show') printf '%s\\n' '${rules}' ;; *) echo "$*" >> "$DIR/done" ;; esac`,
    );
  const restore = (podCIDR?: string) => restoreRoutes(hostOf().host, { localRules: ['100'] }, podCIDR, quiet);

  test('the rule for local addresses goes back to 0 before it leaves its other place', async () => {
    ip('100:\tfrom all lookup local\n32766:\tfrom all lookup main');
    await restore();
    expect(done()).toEqual(
      ['-4', '-6'].flatMap((family) => [
        `${family} rule add pref 0 from all lookup local protocol kernel`,
        `${family} rule del pref 100 from all lookup local`,
      ]),
    );
  });

  test.each([
    ['at its place', '0:\tfrom all lookup local\n100:\tfrom all lookup local'],
    ['at another place, where we did not put it', '50:\tfrom all lookup local'],
    ['not the one at that place', '100:\tfrom all lookup main'],
  ])('the rule stays: %s', async (_name, rules) => {
    ip(rules);
    await restore();
    expect(done()).toEqual([]);
  });

  test.each([
    ['10.244.0.0/16', ['-4 route flush root 10.244.0.0/16']],
    ['fd00:10::/56', ['-6 route flush root fd00:10::/56']],
    ['10.244.0.0/16,fd00::/56', ['-4 route flush root 10.244.0.0/16', '-6 route flush root fd00::/56']],
    ['0.0.0.0/0', []],
    [undefined, []],
  ])('routes to pods of %s: %j', async (podCIDR, commands) => {
    ip('0:\tfrom all lookup local');
    await restore(podCIDR);
    expect(done()).toEqual(commands);
  });
});
