import { afterAll, afterEach, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { LocalRunner } from '../../src/exec/local.ts';
import type { Runner } from '../../src/exec/runner.ts';
import type { Ends } from '../../scripts/action-process.ts';
import { action, removeActions, type ActionRun } from '../helpers/e2e/action.ts';
import { bed, kubectl, leave } from '../helpers/e2e/bed.ts';
import { cli } from '../helpers/e2e/cli.ts';
import { kindSite, sshSite } from '../helpers/e2e/site.ts';

jest.setTimeout(5 * 60_000);

afterEach(removeActions);

/** A run that is cancelled, or killed, when this line shows. */
function endedAt(
  sign: string,
  inputs: Record<string, string>,
  how: keyof Ends = 'cancelled',
): Promise<ActionRun> {
  const end = new AbortController();
  const onLine = (line: string): void => {
    if (line === sign) end.abort();
  };
  return action(inputs, { [how]: end.signal, onLine });
}

/** Main left the cleaning up to the post step, which had nothing to complain of. */
async function expectKilled(run: ActionRun): Promise<void> {
  expect([run.state['phase'], run.outputs['outcome']]).toEqual(['changing', undefined]);
  expect((await run.post()).log).not.toContain('warning');
}

/** Main ended in time, said so, and the post step had nothing to complain of. */
async function expectCancelled(run: ActionRun): Promise<void> {
  // The whole log, so that a run that ended by itself says why.
  expect([run.exitCode, run.outputs['outcome'], run.log]).toEqual([
    1,
    'cancelled',
    expect.stringContaining('error: the run was cancelled'),
  ]);
  expect((await run.post()).log).not.toContain('warning');
}

describe('a job that is cancelled, with provider kind', () => {
  const site = kindSite('cancelled');
  const file = (): string => site.clusterFile({ kind: { workers: 1 } });

  beforeAll(() => site.prepare());
  afterAll(() => leave([]));

  test('while containers are made: main ends by itself, the post step leaves none of them', async () => {
    const cancel = new AbortController();
    const events = new LocalRunner().run(['docker', 'events', '--filter', 'event=create'], {
      signal: cancel.signal,
      timeoutMs: 120_000,
      onLine: (line) => {
        if (line.includes('cancelled-')) cancel.abort();
      },
    });
    const ended = events.catch(() => undefined);
    const run = await action({ config: file() }, { cancelled: cancel.signal });
    await ended;
    await expectCancelled(run);
    expect(await site.changes()).toEqual([]);
  });

  test.each([
    ['during kubeadm init', '▶ [cancelled-worker] Pull images'],
    ['while it is verified', '▶ Verify the network'],
  ])('%s: main ends by itself, the post step leaves no container, network or volume', async (_, sign) => {
    await expectCancelled(await endedAt(sign, { config: file() }));
    expect(await site.changes()).toEqual([]);
  });

  test('killed without a word during kubeadm init: the post step leaves nothing either', async () => {
    await expectKilled(await endedAt('▶ [cancelled-worker] Pull images', { config: file() }, 'killed'));
    expect(await site.changes()).toEqual([]);
  });

  test('with on-cancel: keep what was made stays, until it is taken down', async () => {
    const config = file();
    await expectCancelled(await endedAt('▶ kubeadm join', { config, 'on-cancel': 'keep' }));
    expect(await site.changes()).toContain('new: volume k8s-bootstrap-cancelled');
    expect(await cli(['down', '-f', config, '--json'])).toMatchObject({ exitCode: 0, stderr: '' });
    expect(await site.changes()).toEqual([]);
  });
});

describe('a job that is cancelled, with provider ssh', () => {
  const site = sshSite();
  let hosts: readonly Runner[] = [];

  beforeAll(async () => {
    await site.prepare();
    hosts = await site.nodes();
  });

  afterAll(() => leave(hosts));

  const secrets = () => kubectl(hosts[0], '-n', 'kube-system', 'get', 'secrets', '-o', 'name');

  test('the next run goes on from there, with every lock free and every token revoked', async () => {
    const inputs = { config: site.clusterFile() };
    const cancel = new AbortController();
    const cut = hosts[0]
      ?.run(['sh', '-c', 'until [ -e /etc/kubernetes/admin.conf ]; do sleep 0.1; done'])
      .then(() => {
        cancel.abort();
      });
    await expectCancelled(await action(inputs, { cancelled: cancel.signal }));
    await cut;
    await expectKilled(await endedAt('▶ [10.89.37.12] kubeadm join', inputs, 'killed'));
    expect(await secrets()).not.toContain('bootstrap-token');
    const next = await action(inputs);
    expect([next.exitCode, next.outputs['node-count']]).toEqual([0, '3']);
    expect(await secrets()).not.toContain('bootstrap-token');
  });

  test('with on-cancel: reset the post step leaves every host as it was', async () => {
    // A run that changed nothing has nothing to take back.
    const registryMirrors = { 'registry.example.com': `http://${bed().registry}/v2/docker.io` };
    const inputs = { config: site.clusterFile({ registryMirrors }), 'on-cancel': 'reset' };
    await expectCancelled(await endedAt('▶ Verify the network', inputs));
    expect(await site.changes()).toEqual([]);
  });
});
