import { describe, expect, test } from '@jest/globals';
import { runUnit } from '../../src/host/unit.ts';
import { BootstrapError } from '../../src/lib/errors.ts';
import { fakeCluster } from '../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../helpers/failure.ts';
import { FakeUnit } from '../helpers/fake-unit.ts';

const NAME = 'k8s-bootstrap-init';

function setUp(unit = new FakeUnit()) {
  const { cluster, runner } = fakeCluster();
  for (const rule of unit.rules) runner.on(...rule);
  const lines: string[] = [];
  const start = (signal = quiet, remember?: () => Promise<void>) =>
    runUnit(cluster.controlPlane, {
      name: NAME,
      argv: ['kubeadm', 'init', '--config=/x'],
      timeoutSec: 300,
      signal,
      onLine: (line) => lines.push(line),
      ...(remember === undefined ? {} : { remember }),
    });
  return { unit, runner, lines, start };
}

describe('runUnit', () => {
  test('starts the command once, follows it, tells its lines without the marker, and forgets it', async () => {
    const { unit, start, lines, runner } = setUp(new FakeUnit({ output: 'one\n\ntwo\n' }));
    expect(await start()).toEqual({ exitCode: 0, output: 'one\n\ntwo\n', attached: false });
    expect(lines).toEqual(['one', 'two']);
    expect(unit.did).toEqual(['start', 'follow', 'forget']);
    const { argv } = runner.calls[0] ?? { argv: [] };
    expect(argv.slice(4, 6)).toEqual([NAME, '300']);
    expect(argv.slice(-3)).toEqual(['kubeadm', 'init', '--config=/x']);
  });

  test('a good end is remembered before the unit is forgotten, a bad one not at all', async () => {
    const good = new FakeUnit();
    const remember = () => Promise.resolve(void good.did.push('remember'));
    await setUp(good).start(quiet, remember);
    expect(good.did).toEqual(['start', 'follow', 'remember', 'forget']);
    const bad = new FakeUnit({ ending: 'failed 1 exit-code' });
    await setUp(bad).start(quiet, () => Promise.reject(new Error('remembered')));
    expect(bad.did).toEqual(['start', 'follow', 'forget']);
  });

  test('says that it found the unit of an earlier run', async () => {
    const { start } = setUp(new FakeUnit({ attached: true }));
    expect(await start()).toMatchObject({ attached: true, exitCode: 0 });
  });

  test.each([
    ['failed 1 exit-code', 1],
    ['failed 0 resources', 255],
    ['exit-code 3 failed', 3],
    ['active 0 success', 0],
  ])('an end told as %j has exit code %i', async (ending, exitCode) => {
    const { start } = setUp(new FakeUnit({ ending }));
    expect(await start()).toMatchObject({ exitCode });
  });

  test('systemd’s time limit is E_TIMEOUT', async () => {
    const { start } = setUp(new FakeUnit({ ending: 'failed 15 timeout' }));
    expect(await bootstrapFailure(start())).toMatchObject({ code: 'E_TIMEOUT', host: '10.0.0.1' });
  });

  test.each(['inactive 0 success', '', 'failed'])(
    'an end that says nothing (%j) is no success',
    async (ending) => {
      const { start } = setUp(new FakeUnit({ ending }));
      expect(await bootstrapFailure(start())).toMatchObject({ code: 'E_COMMAND' });
    },
  );

  test('a log that holds the marker does not end it', async () => {
    const output = `unit-${NAME}-ended failed 9\nmore\n`;
    const { start } = setUp(new FakeUnit({ output }));
    expect(await start()).toMatchObject({ exitCode: 0, output });
  });

  test('output is sanitised, and its end is kept', async () => {
    const { start } = setUp(new FakeUnit({ output: `${'x\n'.repeat(50_000)}\u001b[31mred` }));
    const { output } = await start();
    expect(output).toHaveLength(64 * 1024);
    expect(output.endsWith('x\nred')).toBe(true);
  });
});

describe('when the connection goes', () => {
  const lost = new BootstrapError('E_LOST', 'connection lost');

  test('it listens again and runs nothing twice', async () => {
    const { unit, start, lines } = setUp(new FakeUnit({ failFollow: [lost, lost] }));
    expect(await start()).toMatchObject({ exitCode: 0, attached: false });
    expect(unit.did).toEqual(['start', 'follow', 'follow', 'follow', 'forget']);
    expect(lines.filter((line) => line.includes('connection lost'))).toHaveLength(2);
  });

  test('it gives up after several times, the unit left to run', async () => {
    const { unit, start } = setUp(new FakeUnit({ failFollow: Array<Error>(9).fill(lost) }));
    expect(await bootstrapFailure(start())).toBe(lost);
    expect(unit.did.filter((what) => what === 'start')).toHaveLength(1);
    expect(unit.did.filter((what) => what === 'follow')).toHaveLength(6);
    expect(unit.did).not.toContain('forget');
  });

  test('once the end is known, forgetting the unit cannot make it unknown', async () => {
    const { unit, start } = setUp(new FakeUnit({ failForget: [lost] }));
    expect(await start()).toMatchObject({ exitCode: 0 });
    expect(unit.did).toEqual(['start', 'follow', 'forget', 'forget']);
  });

  test('other errors are not tried again', async () => {
    const gone = new BootstrapError('E_SUDO', 'no');
    const { unit, start } = setUp(new FakeUnit({ failFollow: [gone] }));
    expect(await bootstrapFailure(start())).toBe(gone);
    expect(unit.did).toEqual(['start', 'follow']);
  });

  test('a run that is cancelled leaves the unit alone', async () => {
    const controller = new AbortController();
    const { unit, start } = setUp();
    controller.abort(new BootstrapError('E_CANCELLED', 'stop'));
    expect(await bootstrapFailure(start(controller.signal))).toMatchObject({ code: 'E_CANCELLED' });
    expect(unit.did).toEqual([]);
  });
});
