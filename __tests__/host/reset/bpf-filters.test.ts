import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { detachBpfFilters } from '../../../src/host/reset/bpf-filters.ts';
import { fakeCluster } from '../../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { SandboxShell } from '../../helpers/sandbox-shell.ts';

/** As iproute2 6.1 prints one that libbpf attached; the line before has its priority alone. */
const filter = (name: string, pref = 49152, protocol = 'all') =>
  `filter protocol ${protocol} pref ${String(pref)} bpf chain 0
filter protocol ${protocol} pref ${String(pref)} bpf chain 0 handle 0x1 ${name}:[5802] direct-action not_in_hw id 5802 name ${name} tag 7c85c77581178cdb jited
`;

describe('detachBpfFilters, the script run for real over a fake tc', () => {
  let shell: SandboxShell;
  beforeEach(() => {
    shell = new SandboxShell();
    // Every machine has lo; a filter that is deleted is the only one of its hook.
    shell.fake(
      'tc',
      `[ "$4" = lo ] || exit 0
case "$1 $2" in
  'filter show') cat "$DIR/$5" 2>/dev/null; exit 0 ;;
  'filter del') [ ! -e "$DIR/refuse" ] || exit 2; rm -f "$DIR/$5.gone"; [ -e "$DIR/keep" ] || rm -f "$DIR/$5" ;;
esac
echo "$*" >> "$DIR/done"`,
    );
  });
  afterEach(() => {
    shell[Symbol.dispose]();
  });
  const detach = async (prefixes: readonly string[], filters: Record<string, string>) => {
    for (const [hook, text] of Object.entries(filters)) writeFileSync(shell.path(hook), text);
    const { cluster, runner } = fakeCluster();
    runner.on('sh -c', shell.run);
    await detachBpfFilters(cluster.controlPlane, prefixes, quiet);
    return existsSync(shell.path('done'))
      ? readFileSync(shell.path('done'), 'utf8').trimEnd().split('\n')
      : [];
  };

  test('the CNI’s go, and what held them when it holds nothing more', async () => {
    const filters = { ingress: filter('cali_tc_preambl'), egress: filter('cali_tc_preambl', 5, 'ip') };
    expect(await detach(['cali', 'cil_'], filters)).toEqual([
      'filter del dev lo ingress protocol all pref 49152 handle 0x1 bpf',
      'filter del dev lo egress protocol ip pref 5 handle 0x1 bpf',
      'qdisc del dev lo clsact',
    ]);
  });

  test('others’ stay, and with them what holds them', async () => {
    expect(await detach(['cali'], { ingress: filter('somebodys'), egress: filter('my_cali') })).toEqual([]);
    const mixed = { ingress: filter('somebodys', 1) + filter('cali_tc_preambl') };
    writeFileSync(shell.path('keep'), '');
    expect(await detach(['cali'], mixed)).toEqual([
      'filter del dev lo ingress protocol all pref 49152 handle 0x1 bpf',
    ]);
  });

  test('no prefix matches nothing, not everything', async () => {
    expect(await detach([], { ingress: filter('cali_tc_preambl') })).toEqual([]);
  });

  test('one that stays is E_RESET', async () => {
    writeFileSync(shell.path('refuse'), '');
    const work = detach(['cali'], { ingress: filter('cali_tc_preambl') });
    expect(await bootstrapFailure(work)).toMatchObject({
      code: 'E_RESET',
      host: '10.0.0.1',
      message: 'BPF programs cannot be taken off: pref 49152 ingress of lo',
      hint: expect.stringContaining('iproute'),
    });
  });
});
