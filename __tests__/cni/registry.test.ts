import { describe, expect, test } from '@jest/globals';
import { builtInChecksums } from '../../src/artifacts/checksums.ts';
import { cniNamed, cniNames, networkTracesOf } from '../../src/cni/index.ts';
import { removable } from '../../src/host/reset/traces.ts';
import { fakeContext, fakeFacts, fakeSpec } from '../helpers/cluster.ts';

test('every CNI is registered under its own name', () => {
  for (const name of cniNames) expect(cniNamed(name).name).toBe(name);
});

describe.each(cniNames)('%s', (name) => {
  const cni = cniNamed(name);

  test('every manifest of it has its checksum in the table', () => {
    const sources = cni.versions.flatMap((version) => cni.sources(fakeContext(fakeSpec(), version)));
    for (const source of sources)
      if ('upstream' in source) expect([...builtInChecksums().keys()]).toContain(source.upstream);
  });

  test('finds nothing wrong with a healthy host', () => {
    expect(cni.preflight(fakeFacts(), fakeSpec())).toEqual([]);
  });

  test('removes no more than its own: no trace would match everything', () => {
    const { links, chains, paths } = cni.traces;
    for (const trace of [...links, ...chains]) expect(trace.replace('*', '').length).toBeGreaterThan(3);
    for (const path of paths) expect(path).toMatch(/^\/(run|var\/(lib|log)|opt\/cni\/bin|etc)\/[a-z]+/);
    const before = { links: [], routeTables: [], routeProtocols: [], ipvs: false };
    expect(() => removable([cni.traces], before)).not.toThrow();
    expect(networkTracesOf(name)).toEqual(links);
  });
});
