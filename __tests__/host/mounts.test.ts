import { describe, expect, test } from '@jest/globals';
import { mountCommands, restoreMounts } from '../../src/host/mounts.ts';
import { fakeCluster } from '../helpers/cluster.ts';
import { quiet } from '../helpers/failure.ts';
import { SandboxShell } from '../helpers/sandbox-shell.ts';

const all = { sharedMounts: true, bpffs: true };
const none = { sharedMounts: false, bpffs: false };

describe('mountCommands', () => {
  test('nothing where nothing is needed, or all is there', () => {
    expect(mountCommands(undefined, none)).toEqual([]);
    expect(mountCommands({}, none)).toEqual([]);
    expect(mountCommands(all, all)).toEqual([]);
  });

  test.each([
    [{ sharedMounts: true }, ['mount --make-rshared /']],
    [{ bpffs: true }, [expect.stringContaining('mount -t bpf bpf /sys/fs/bpf')]],
    [all, [expect.stringContaining('rshared'), expect.stringContaining('bpf')]],
  ])('%j that is not there: %j', (needed, commands) => {
    expect(mountCommands(needed, none)).toEqual(commands);
  });

  test('is said so that systemd’s quotes do not end early', () => {
    expect(mountCommands(all, none).join('')).not.toMatch(/['\\%$]/);
  });
});

describe('restoreMounts', () => {
  test('leaves what was there', async () => {
    const { cluster, runner } = fakeCluster();
    await restoreMounts(cluster.controlPlane, all, quiet);
    expect(runner.calls).toEqual([]);
  });

  test('takes away what was not, the script run for real over a fake mount table', async () => {
    using shell = new SandboxShell();
    shell.fake('mount', 'echo mount "$@" >> "$DIR/done"').fake('umount', 'echo umount "$@" >> "$DIR/done"');
    // Mounted twice, by whoever.
    shell.fake('grep', '[ "$(wc -l < "$DIR/done" 2>/dev/null || echo 0)" -lt 2 ]');
    const { cluster, runner } = fakeCluster();
    runner.on('sh -c', shell.run);
    await restoreMounts(cluster.controlPlane, none, quiet);
    const done = await shell.run(['cat', shell.path('done')], {});
    expect(done).toMatchObject({
      stdout: 'umount /sys/fs/bpf\numount /sys/fs/bpf\nmount --make-rprivate /\n',
    });
  });
});
