import { describe, expect, test } from '@jest/globals';
import { cniNamed, cniNames, networkTracesOf } from '../../src/cni/index.ts';
import { fakeFacts, fakeSpec } from '../helpers/cluster.ts';

test('every CNI is registered under its own name', () => {
  for (const name of cniNames) expect(cniNamed(name).name).toBe(name);
});

describe.each(cniNames)('%s', (name) => {
  const cni = cniNamed(name);

  test('finds nothing wrong with a healthy host', () => {
    expect(cni.preflight(fakeFacts(), fakeSpec())).toEqual([]);
  });

  test('removes no more than its own: no trace would match everything', () => {
    const { links, chains, paths } = cni.traces;
    for (const trace of [...links, ...chains]) expect(trace.replace('*', '').length).toBeGreaterThan(3);
    for (const path of paths) expect(path).toMatch(/^\/(run|var|etc)\/[a-z]+/);
    expect(networkTracesOf(name)).toEqual(links);
  });
});
