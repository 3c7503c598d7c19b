import { describe, expect, test } from '@jest/globals';
import { allCells, cellName, limitedCells } from '../../../scripts/matrix/cells.ts';

const named = (limit: string): readonly string[] => limitedCells(allCells(), limit).map(cellName);

describe('the cells of the matrix', () => {
  test('have names of their own', () => {
    const names = allCells().map(cellName);
    expect(new Set(names).size).toBe(names.length);
    expect(names).toContain('cilium/no-kube-proxy/1.36.3/ssh');
  });

  test('without a limit are all of them', () => {
    expect(named('')).toHaveLength(allCells().length);
  });

  test('of a limit have all of its words', () => {
    expect(named('flannel/1.36.3/kind')).toEqual([
      'flannel/vxlan/1.36.3/kind',
      'flannel/host-gw/1.36.3/kind',
    ]);
    expect(named('kind/1.36.3/host-gw')).toEqual(['flannel/host-gw/1.36.3/kind']);
  });

  test('of several limits are those of any', () => {
    expect(named('flannel/vxlan/1.34.4/ssh, native/1.35.4/ssh')).toEqual([
      'cilium/native/1.35.4/ssh',
      'flannel/vxlan/1.34.4/ssh',
    ]);
  });

  test('of a limit that fits none are an error, beside one that fits too', () => {
    expect(() => named('flannel,flannel/1.9.0')).toThrow(
      'no cell is flannel/1.9.0; the cells: flannel/vxlan',
    );
  });
});
