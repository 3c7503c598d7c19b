import { describe, expect, test } from '@jest/globals';
import { init } from '../../../src/engine/steps/init.ts';
import { join } from '../../../src/engine/steps/join.ts';
import { revoke, revokeLeftTokens } from '../../../src/engine/steps/revoke.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { hostState } from '../../helpers/host-state.ts';
import { kubeadmCluster, visibleOn } from '../../helpers/kubeadm-hosts.ts';

const tools = { signal: quiet, log: () => undefined };
type At = ReturnType<typeof kubeadmCluster>;
const deletions = ({ runner }: At) => runner.lines.filter((line) => line.includes(' delete '));
/** In a cluster that is being made every token goes, and what the certificates came with. */
const ALL = [
  expect.stringMatching(/ --field-selector=type=bootstrap\.kubernetes\.io\/token$/),
  expect.stringMatching(/ kubeadm-certs$/),
];
const joinSecond = ({ cluster }: At) => join.run(cluster, cluster.hosts[1] ?? cluster.controlPlane, tools);

describe('the join token', () => {
  test('is revoked once, after all joins', async () => {
    const at = kubeadmCluster();
    await init.run(at.cluster, at.cluster.controlPlane, tools);
    const token = at.cluster.join?.token ?? '';
    expect(await revoke.run(at.cluster, tools)).toEqual({ changed: true });
    expect(deletions(at)).toEqual(ALL);
    expect(visibleOn(at.runners)).not.toContain(token);
    expect(at.cluster).toMatchObject({ join: undefined, tokenIds: [] });
    expect(await revoke.run(at.cluster, tools)).toEqual({ changed: false, note: 'none was made' });
    expect(deletions(at)).toHaveLength(2);
  });

  test('is waited for by nobody but is always revoked: also after a failure', async () => {
    expect(revoke).toMatchObject({ always: true, needs: ['join', 'init'] });
    const at = kubeadmCluster({ units: [{}, { ending: 'failed 1 exit-code' }] });
    await init.run(at.cluster, at.cluster.controlPlane, tools);
    await bootstrapFailure(joinSecond(at));
    expect(await revoke.run(at.cluster, tools)).toEqual({ changed: true });
    expect(deletions(at)).toEqual(ALL);
  });

  test.each([
    ['where the API server came up all the same', '', true],
    ['unless there is none that could know it', { exitCode: 1 }, false],
  ])('is revoked after an init that failed, %s', async (_name, readyz, changed) => {
    const at = kubeadmCluster({ units: [{ ending: 'failed 1 exit-code' }] });
    at.runner.on(/readyz/, readyz);
    await bootstrapFailure(init.run(at.cluster, at.cluster.controlPlane, tools));
    expect(await revoke.run(at.cluster, tools)).toMatchObject({ changed });
    expect(deletions(at)).toEqual(changed ? ALL : []);
  });

  test('whose making failed is revoked, since the cluster may know it', async () => {
    const at = kubeadmCluster();
    at.cluster.controlPlane.state = hostState({ phase: 'member', role: 'control-plane' });
    at.runner.on('/usr/local/bin/kubeadm token create', { exitCode: 1, stderr: 'timed out' });
    await bootstrapFailure(joinSecond(at));
    const id = at.secrets()[0]?.slice(0, 6) ?? '?';
    expect(await revoke.run(at.cluster, tools)).toEqual({ changed: true });
    expect(deletions(at)).toEqual([expect.stringMatching(` bootstrap-token-${id}$`)]);
  });

  test('of a later run is the only one that goes, named by its public half', async () => {
    const at = kubeadmCluster();
    at.cluster.controlPlane.state = hostState({ phase: 'member', role: 'control-plane' });
    await joinSecond(at);
    const token = at.cluster.join?.token ?? '';
    await revoke.run(at.cluster, tools);
    const [id = '?'] = token.split('.');
    expect(deletions(at)).toEqual([expect.stringMatching(` bootstrap-token-${id}$`)]);
    expect(visibleOn(at.runners)).not.toContain(token.split('.')[1]);
  });

  test('goes with the certificates where there are any', async () => {
    const at = kubeadmCluster({ controlPlanes: 2 });
    await init.run(at.cluster, at.cluster.controlPlane, tools);
    await revoke.run(at.cluster, tools);
    expect(deletions(at).at(-1)).toContain('kubeadm-certs');
    for (const secret of at.secrets()) expect(visibleOn(at.runners)).not.toContain(secret);
  });

  test('is revoked as soon as an API server that was away for a moment is back', async () => {
    const at = kubeadmCluster();
    await init.run(at.cluster, at.cluster.controlPlane, tools);
    at.runner.on(/^\/usr\/local\/bin\/kubectl .*readyz/, { exitCode: 1 }).on(/^sh -c[^]*until[^]*readyz/, '');
    expect(await revoke.run(at.cluster, tools)).toEqual({ changed: true });
    expect(deletions(at)).toEqual(ALL);
    const gone = kubeadmCluster();
    await init.run(gone.cluster, gone.cluster.controlPlane, tools);
    gone.runner.on(/readyz/, { exitCode: 9 });
    expect(await bootstrapFailure(revoke.run(gone.cluster, tools))).toMatchObject({ code: 'E_NODES' });
  });

  test('that cannot be revoked is a failure', async () => {
    const at = kubeadmCluster();
    await init.run(at.cluster, at.cluster.controlPlane, tools);
    at.runner.on(/ delete /, { exitCode: 1, stderr: 'refused' });
    expect(await bootstrapFailure(revoke.run(at.cluster, tools))).toMatchObject({ code: 'E_COMMAND' });
  });
});

describe('what a run that was killed left', () => {
  const ours = Buffer.from('k8s-bootstrap').toString('base64');
  const theirs = Buffer.from('somebody').toString('base64');
  function setUp(list: string, phase: 'member' | 'prepared' = 'member') {
    const at = kubeadmCluster();
    at.cluster.controlPlane.state = hostState({ phase, role: 'control-plane' });
    at.runner.on(/ get secrets /, list);
    return { at, run: () => revokeLeftTokens.run(at.cluster, tools) };
  }

  test('goes, told by its description', async () => {
    const list = `bootstrap-token-aaaaaa ${ours}\nbootstrap-token-bbbbbb ${theirs}\nbootstrap-token-cccccc \n`;
    const { at, run } = setUp(list);
    expect(await run()).toEqual({ changed: true, note: '1' });
    expect(deletions(at)).toEqual([expect.stringMatching(/ bootstrap-token-aaaaaa kubeadm-certs$/)]);
  });

  test.each([
    ['is nothing', `bootstrap-token-bbbbbb ${theirs}\n`],
    ['has a name that no token has', `--all ${ours}\n`],
  ])('%s: nothing is done', async (_, list) => {
    const { at, run } = setUp(list);
    expect(await run()).toEqual({ changed: false, note: 'none was left' });
    expect(deletions(at)).toEqual([]);
  });

  test('cannot be where there is no cluster', async () => {
    const { at, run } = setUp(`bootstrap-token-aaaaaa ${ours}\n`, 'prepared');
    expect(await run()).toMatchObject({ changed: false });
    const { at: dead, run: runDead } = setUp(`bootstrap-token-aaaaaa ${ours}\n`);
    dead.runner.on(/readyz/, { exitCode: 1 });
    expect(await runDead()).toMatchObject({ changed: false });
    expect([...deletions(at), ...deletions(dead)]).toEqual([]);
  });
});
