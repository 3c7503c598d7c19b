import { describe, expect, test } from '@jest/globals';
import { init } from '../../../src/engine/steps/init.ts';
import { BootstrapError } from '../../../src/lib/errors.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { hostState } from '../../helpers/host-state.ts';
import { SandboxShell } from '../../helpers/sandbox-shell.ts';
import { CONFIG, configLife, kubeadmCluster, phases, visibleOn } from '../../helpers/kubeadm-hosts.ts';

function setUp(options: Parameters<typeof kubeadmCluster>[0] = {}) {
  const at = kubeadmCluster(options);
  const lines: string[] = [];
  const host = at.cluster.controlPlane;
  const run = () => init.run(at.cluster, host, { signal: quiet, log: (line) => lines.push(line) });
  const [unit] = at.units;
  return { ...at, host, lines, run, unit };
}
const STATE = '/var/lib/k8s-bootstrap/state.json';
const joining = hostState({ phase: 'joining', role: 'control-plane' });
const member = hostState({ phase: 'member', role: 'control-plane' });
/** Asked by itself, or within the script that waits. */
const READYZ = /^\/usr\/local\/bin\/kubectl .*readyz/;
const AWAIT = /^sh -c [^]*readyz/;

describe('kubeadm init', () => {
  test('runs as a unit from a private file that is gone afterwards', async () => {
    const { run, runner, unit, cluster, host } = setUp();
    expect(await run()).toEqual({ changed: true });
    const config = runner.uploads.find(({ path }) => path === CONFIG);
    expect(config?.options).toMatchObject({ mode: 0o600, sudo: true });
    expect(runner.uploaded(CONFIG)).toContain('kind: InitConfiguration');
    expect(unit?.started).toEqual([
      [
        '/usr/local/bin/kubeadm',
        'init',
        `--config=${CONFIG}`,
        '--skip-token-print',
        '--skip-certificate-key-print',
      ],
    ]);
    expect(configLife(runner)).toEqual(['used', 'removed']);
    expect(cluster.fresh).toBe(true);
    expect(host.state?.phase).toBe('member');
  });

  test('remembers on the host that it began before it begins', async () => {
    const { run, runner } = setUp();
    await run();
    expect(runner.uploads.map(({ path }) => path)).toEqual([STATE, CONFIG, STATE]);
    expect(phases(runner)).toEqual(['joining', 'member']);
  });

  test('several control planes: certificates are uploaded', async () => {
    const { run, unit, cluster } = setUp({ controlPlanes: 2 });
    await run();
    expect(unit?.started[0]).toContain('--upload-certs');
    expect(cluster.join?.certificateKey).toMatch(/^[0-9a-f]{64}$/);
  });

  test('no secret is in any argument or in the log', async () => {
    const { run, runners, secrets, lines, cluster, runner, events } = setUp({ controlPlanes: 2 });
    runner.on(
      (line) => line.includes('tail '),
      (argv) =>
        `token ${cluster.redactor.redact('')}${secrets().join(' ')}\n\n${argv[6] ?? ''} active 0 success`,
    );
    await run();
    expect(secrets()).toEqual([cluster.join?.token, cluster.join?.certificateKey]);
    for (const secret of secrets()) {
      expect(visibleOn(runners)).not.toContain(secret);
      expect(lines.join('\n')).not.toContain(secret);
      expect(runner.uploaded(CONFIG)).toContain(secret);
    }
    expect(lines).toContain('token *** ***');
    expect(events.filter(({ type }) => type === 'secret')).toHaveLength(2);
  });

  test('a failure is E_INIT with kubeadm’s words and the cause; the file is gone all the same', async () => {
    const output = 'I0101 trace\nerror execution phase wait-control-plane: The kubelet is not running\n';
    const { run, runner, cluster, secrets } = setUp({ units: [{ output, ending: 'failed 1 exit-code' }] });
    expect(await bootstrapFailure(run())).toMatchObject({
      code: 'E_INIT',
      host: '10.0.0.1',
      message:
        'kubeadm init failed: the kubelet did not come up\nerror execution phase wait-control-plane: The kubelet is not running',
      hint: expect.stringContaining('journalctl -u kubelet'),
    });
    expect(configLife(runner)).toEqual(['used', 'removed']);
    expect(phases(runner)).toEqual(['joining']);
    // The API server may have come up, and then it knows the token.
    expect(cluster.fresh).toBe(true);
    expect(cluster.tokenIds).toEqual([secrets()[0]?.slice(0, 6)]);
  });

  test('the file is gone also when the connection is', async () => {
    const failFollow = [new BootstrapError('E_SUDO', 'x')];
    const { run, runner } = setUp({ units: [{ failFollow }] });
    await bootstrapFailure(run());
    expect(configLife(runner)).toEqual(['used', 'removed']);
  });

  test('says what it would do', () => {
    const { cluster, host } = setUp();
    expect(init.describe?.(cluster, host)).toEqual(['kubeadm init, Kubernetes 1.36.3, API at 10.0.0.1:6443']);
  });
});

describe('kubeadm init of a later run', () => {
  test('has nothing to do where the API server answers', async () => {
    const { run, host, runner } = setUp();
    host.state = member;
    expect(await run()).toEqual({ changed: false, note: 'the control plane is there already' });
    expect(runner.uploads).toEqual([]);
    expect(runner.calls).toHaveLength(1);
  });

  test('waits for the API server of a cluster that is there, which is never made anew', async () => {
    const { run, host, runner, cluster } = setUp();
    host.state = member;
    runner.on(READYZ, { exitCode: 1 }).on(AWAIT, '');
    expect(await run()).toMatchObject({ changed: false });
    expect(runner.calls.at(-1)?.argv.slice(4)).toEqual(['120']);
    expect(runner.calls.at(-1)?.options.timeoutMs).toBeGreaterThan(120_000);
    runner.on(AWAIT, { exitCode: 9 });
    expect(await bootstrapFailure(run())).toMatchObject({
      code: 'E_NODES',
      host: '10.0.0.1',
      message: 'the cluster is there, but its API server does not answer',
    });
    expect(runner.lines.filter((line) => line.includes('kubeadm '))).toEqual([]);
    expect(runner.uploads).toEqual([]);
    expect(cluster).toMatchObject({ changing: false, fresh: false, tokenIds: [] });
  });

  test.each([
    ['answers in time', 'if [ -e asked ]; then exit 0; fi; touch asked; exit 1', '30', 0],
    ['does not', 'exit 1', '0', 9],
  ])('the script that waits ends well where the server %s', async (_name, kubectl, seconds, exitCode) => {
    using shell = new SandboxShell();
    shell.fake('kubectl', kubectl);
    shell.fake('sleep', '');
    const { run, host, runner } = setUp();
    host.state = member;
    runner.on(READYZ, { exitCode: 1 }).on(AWAIT, '');
    await run();
    const [sh = '', c = '', script = '', name = ''] = runner.calls.at(-1)?.argv ?? [];
    const local = script.replaceAll('/usr/local/bin/kubectl', 'kubectl');
    expect(await shell.run([sh, c, local, name, seconds], { accept: 'any' })).toMatchObject({ exitCode });
  });

  test('a prepared host is not reset', async () => {
    const { run, runner } = setUp();
    await run();
    expect(runner.lines.filter((line) => /kubeadm reset|ActiveState --value k8s/.test(line))).toEqual([]);
  });

  test('takes half an attempt back first', async () => {
    const { run, host, runner, unit } = setUp();
    host.state = joining;
    expect(await run()).toEqual({ changed: true });
    const reset = runner.lines.findIndex((line) => line.includes('kubeadm reset --force'));
    const start = runner.lines.findIndex((line) => line.includes('systemd-run'));
    expect(reset).toBeGreaterThan(0);
    expect(start).toBeGreaterThan(reset);
    expect(unit?.started).toHaveLength(1);
  });

  test('waits for one that still runs, whose token it does not know', async () => {
    const { run, host, runner, unit, cluster } = setUp({ units: [{ attached: true }] });
    host.state = joining;
    runner.on('systemctl show -p ActiveState', 'activating\n');
    expect(await run()).toEqual({ changed: true });
    expect(unit?.started).toEqual([]);
    expect(runner.lines.some((line) => line.includes('kubeadm reset'))).toBe(false);
    expect(cluster).toMatchObject({ fresh: true, join: undefined });
    expect(cluster.tokenIds).toHaveLength(1);
    expect(host.state.phase).toBe('member');
  });
});
