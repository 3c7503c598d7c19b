import { describe, expect, test } from '@jest/globals';
import type { Cell, Variant } from '../../../scripts/matrix/cells.ts';
import { withResults, type CellResult } from '../../../scripts/matrix/table.ts';

const variant = (name: string): Variant => ({ cni: 'flannel', title: `Flannel, ${name}`, name, options: {} });
const cells: readonly Cell[] = ['1.37.2', '1.36.3'].flatMap((kubernetes) =>
  [variant('vxlan'), variant('host-gw')].flatMap((one): Cell[] => [
    { variant: one, kubernetes, provider: 'ssh' },
    { variant: one, kubernetes, provider: 'kind' },
  ]),
);
const empty = 'before\n\n<!-- matrix -->\n<!-- /matrix -->\n\nafter\n';
const passed = (date: string): CellResult => ({ verdict: 'passed', date });

describe('the table of the matrix', () => {
  const first = withResults(
    empty,
    cells,
    new Map([
      ['flannel/vxlan/1.36.3/kind', passed('2026-11-24')],
      ['flannel/host-gw/1.37.2/ssh', { verdict: 'E_CNI', date: '2026-11-24' }],
    ]),
    'notes',
  );

  test('has a line for each CNI and provider, a column for each version, and a dash for what was not run', () => {
    expect(first).toBe(`before

<!-- matrix -->

| CNI | Provider | 1.37.2 | 1.36.3 |
| --- | --- | --- | --- |
| Flannel, vxlan | ssh | – | – |
| Flannel, vxlan | kind | – | passed 2026-11-24 |
| Flannel, host-gw | ssh | E_CNI 2026-11-24 | – |
| Flannel, host-gw | kind | – | – |

notes

<!-- /matrix -->

after
`);
  });

  test('keeps what was found before, but not of cells that were run again', () => {
    const again = new Map([
      ['flannel/host-gw/1.37.2/ssh', passed('2026-11-25')],
      ['flannel/vxlan/1.36.3/ssh', passed('2026-11-25')],
    ]);
    const second = withResults(first, cells, again, 'other notes');
    expect(second).toContain('| Flannel, vxlan | kind | – | passed 2026-11-24 |');
    expect(second).toContain('| Flannel, vxlan | ssh | – | passed 2026-11-25 |');
    expect(second).toContain('| Flannel, host-gw | ssh | passed 2026-11-25 | – |');
    expect(second).not.toContain('E_CNI');
    expect(second.match(/notes/g)).toHaveLength(1);
  });

  test('forgets a version that is not tested any more', () => {
    const fewer = cells.filter(({ kubernetes }) => kubernetes === '1.37.2');
    expect(withResults(first, fewer, new Map(), 'notes')).not.toContain('1.36.3');
  });

  test('needs its markers', () => {
    expect(() => withResults('nothing', cells, new Map(), 'notes')).toThrow('no <!-- matrix -->');
  });
});
