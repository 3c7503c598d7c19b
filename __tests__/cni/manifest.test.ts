import { describe, expect, test } from '@jest/globals';
import { manifest } from '../../src/cni/manifest.ts';
import type { CniSpec } from '../../src/spec/cluster-spec.ts';
import { fakeContext, fakeSpec } from '../helpers/cluster.ts';
import { bootstrapFailure } from '../helpers/failure.ts';
import { flannelObjects } from '../helpers/flannel-manifest.ts';

const sha256 = 'a'.repeat(64);
const specWith = (cni: Partial<CniSpec>) =>
  fakeSpec({ with: { cni: { ...fakeSpec().cni, name: 'manifest', ...cni } } });

describe('a manifest of the user’s', () => {
  test.each([
    [{ manifest: 'cni.yaml' }, { path: 'cni.yaml' }],
    [
      { manifest: '/x/cni.yaml', sha256 },
      { path: '/x/cni.yaml', sha256 },
    ],
    [
      { manifest: 'https://h/cni.yaml', sha256 },
      { upstream: 'h/cni.yaml', sha256 },
    ],
    [{ manifest: 'http://h:80/cni.yaml' }, { upstream: 'h:80/cni.yaml' }],
  ])('%j comes from %j', (cni, source) => {
    expect(manifest.sources(fakeContext(specWith(cni)))).toEqual([source]);
  });

  test('has to be named', async () => {
    const work = () => manifest.sources(fakeContext(specWith({})));
    expect(await bootstrapFailure(work)).toMatchObject({ code: 'E_SPEC', where: 'cni.manifest' });
  });

  test('is applied as it is', () => {
    expect(manifest.render(flannelObjects, fakeContext(specWith({})))).toBe(flannelObjects);
    expect(manifest.workloads(flannelObjects)).toHaveLength(1);
  });
});
