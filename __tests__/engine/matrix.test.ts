import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, test } from '@jest/globals';
import { kubernetesPrograms } from '../../src/artifacts/catalog.ts';
import type { Cni } from '../../src/cni/cni.ts';
import { cniNamed } from '../../src/cni/index.ts';
import { compatibilityMatrix, type Matrix, type MatrixOptions } from '../../src/engine/matrix.ts';

const dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-matrix-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});

const net: Cni = {
  ...cniNamed('flannel'),
  name: 'net',
  title: 'Net',
  versions: ['2.0.0', '1.9.0'],
  defaultVersion: '1.9.0',
  kubernetes: [
    { cni: '1.', from: '1.36', claim: 'broken', source: 'its documentation' },
    { cni: '', from: '1.35', to: '1.35', claim: 'tested', source: 'its documentation' },
  ],
};
const matrix = (options: Partial<MatrixOptions>) =>
  compatibilityMatrix({
    cnis: [cniNamed('flannel')],
    providers: ['kind'],
    kubernetesVersions: [],
    checksums: undefined,
    ...options,
  });
const lines = (cells: Matrix['include']) =>
  cells.map((cell) => `${cell.provider} ${cell.cni} ${cell['cni-version']} ${cell['kubernetes-version']}`);
const reasons = (cells: Matrix['excluded']) =>
  cells.map(({ reason, ...cell }) => `${lines([cell])[0] ?? ''}: ${reason}`);

describe('the matrix', () => {
  test('has the newest known patch of every supported minor', () => {
    const { include, excluded } = matrix({ providers: ['kind', 'ssh'] });
    expect(lines(include)).toEqual([
      'kind flannel 0.28.9 1.37.0',
      'kind flannel 0.28.9 1.36.4',
      'kind flannel 0.28.9 1.35.8',
      'kind flannel 0.28.9 1.34.11',
      'ssh flannel 0.28.9 1.36.4',
      'ssh flannel 0.28.9 1.35.8',
      'ssh flannel 0.28.9 1.34.11',
    ]);
    expect(reasons(excluded)).toEqual([
      'ssh flannel 0.28.9 1.37: no checksum is known of any Kubernetes 1.37',
    ]);
    expect(Object.keys(include[0] ?? {})).toEqual(['cni', 'cni-version', 'kubernetes-version', 'provider']);
  });

  test('has what is broken not, and says why; what was not tested is no reason', () => {
    const { include, excluded } = matrix({ cnis: [net] });
    expect(lines(include)).toEqual(['kind net 1.9.0 1.35.8', 'kind net 1.9.0 1.34.11']);
    const why = (version: string) =>
      `kind net 1.9.0 ${version}: Net 1.9.0 does not work with Kubernetes ${version} (broken with 1.36 and newer; source: its documentation)`;
    expect(reasons(excluded)).toEqual([why('1.37.0'), why('1.36.4')]);
  });

  test('has each cell once, whatever it was asked for by', () => {
    const kubernetesVersions = ['1.36', 'stable', '1.36.4', 'v1.36.4'];
    expect(lines(matrix({ kubernetesVersions }).include)).toEqual(['kind flannel 0.28.9 1.36.4']);
    const twice = matrix({ kubernetesVersions: ['1.33', '1.33'] });
    expect(twice).toMatchObject({ include: [], excluded: [{ 'kubernetes-version': '1.33' }] });
  });

  test('leaves out what cannot be had', () => {
    const kubernetesVersions = ['1.36.2', '1.36.99', '1.33.1', 'N-9'];
    const { include, excluded } = matrix({ providers: ['kind', 'ssh'], kubernetesVersions });
    expect(lines(include)).toEqual(['ssh flannel 0.28.9 1.36.2']);
    const unsupported = 'Kubernetes 1.33.1 is not supported; 1.37, 1.36, 1.35, 1.34 are';
    expect(reasons(excluded)).toEqual([
      'kind flannel 0.28.9 1.36.2: no published node image is known of Kubernetes 1.36.2',
      'kind flannel 0.28.9 1.36.99: no published node image is known of Kubernetes 1.36.99',
      `kind flannel 0.28.9 1.33.1: ${unsupported}`,
      'kind flannel 0.28.9 N-9: no published node image is known of any Kubernetes N-9',
      'ssh flannel 0.28.9 1.36.99: no checksum is known of Kubernetes 1.36.99',
      `ssh flannel 0.28.9 1.33.1: ${unsupported}`,
      'ssh flannel 0.28.9 N-9: no checksum is known of any Kubernetes N-9',
    ]);
  });

  test('knows the user’s checksums', () => {
    const checksums = join(dir, 'sums');
    const sums = kubernetesPrograms('1.37.2', 'amd64').map((name) => `${'1'.repeat(64)}  ${name}\n`);
    writeFileSync(checksums, sums.join(''));
    const { include, excluded } = matrix({ providers: ['ssh'], checksums });
    expect(lines(include)[0]).toBe('ssh flannel 0.28.9 1.37.2');
    expect(excluded).toEqual([]);
    expect(() => matrix({ checksums: join(dir, 'gone') })).toThrow(
      expect.objectContaining({ code: 'E_SPEC' }),
    );
  });

  test('names a version that every CNI takes where versions mean nothing', () => {
    const { include } = matrix({ cnis: [cniNamed('manifest')], kubernetesVersions: ['1.36'] });
    expect(lines(include)).toEqual(['kind manifest default 1.36.4']);
  });
});
