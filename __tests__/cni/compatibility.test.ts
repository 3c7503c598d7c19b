import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { KubernetesClaim } from '../../src/cni/cni.ts';
import { compatibilityFindings, compatibilityOf } from '../../src/cni/compatibility.ts';
import { cniNamed, cniNames } from '../../src/cni/index.ts';

const source = 'its documentation';
const tested = (cni: string, from?: string, to?: string): KubernetesClaim => ({
  cni,
  ...(from === undefined ? {} : { from }),
  ...(to === undefined ? {} : { to }),
  claim: 'tested',
  source,
});
const broken = (cni: string, from?: string, to?: string): KubernetesClaim => ({
  ...tested(cni, from, to),
  claim: 'broken',
});
const verdict = (claims: readonly KubernetesClaim[], version: string, kubernetesVersion: string) =>
  compatibilityOf({ kubernetes: claims }, version, kubernetesVersion)?.verdict;

/** Of the table of the document: title and version of the CNI, and what each version of Kubernetes came to. */
function passes(document: string) {
  const lines = document.split('\n').filter((line) => line.startsWith('| '));
  const [header = [], , ...rest] = lines.map((line) => line.slice(2, -2).split(' | '));
  const rows = rest.map(([variant = '', , ...cells]) => {
    const [, title = '', version = ''] = /^(.+?) (\d[\w.]*)/.exec(variant) ?? [];
    return [title, version, cells] as const;
  });
  return { rows, versions: header.slice(2) };
}

describe('a claim of what was tested', () => {
  test.each([
    ['1.33.9', 'untested'],
    ['1.34.0', 'tested'],
    ['1.36.4', 'tested'],
    ['1.37.0-rc.1', 'untested'],
    ['1.100.0', 'untested'],
    ['2.35.0', 'untested'],
  ])('from 1.34 to 1.36 says of %s: %s', (kubernetesVersion, expected) => {
    expect(verdict([tested('', '1.34', '1.36')], '3.32.0', kubernetesVersion)).toBe(expected);
  });

  test('without an end has none', () => {
    expect(verdict([tested('', '1.9')], '1.0.0', '1.37.0')).toBe('tested');
    expect(verdict([tested('', '1.9')], '1.0.0', '1.8.9')).toBe('untested');
    expect(verdict([tested('', undefined, '1.36')], '1.0.0', '1.2.0')).toBe('tested');
    expect(verdict([tested('')], '1.0.0', '1.2.0')).toBe('tested');
  });
});

describe('of several claims', () => {
  test('the first that is about the version of the CNI counts', () => {
    const claims = [tested('3.32.', '1.34', '1.36'), tested('3.', '1.30', '1.37'), tested('')];
    expect(verdict(claims, '3.32.1', '1.37.0')).toBe('untested');
    expect(verdict(claims, '3.31.4', '1.37.0')).toBe('tested');
    expect(verdict(claims, '3.3.2', '1.29.0')).toBe('untested');
    expect(verdict(claims, '2.0.0', '1.29.0')).toBe('tested');
  });

  test('one of what is broken is passed over outside of its range', () => {
    const claims = [broken('', '1.36'), tested('', '1.30', '1.35')];
    expect(verdict(claims, '2.8.1', '1.37.0')).toBe('broken');
    expect(verdict(claims, '2.8.1', '1.36.0')).toBe('broken');
    expect(verdict(claims, '2.8.1', '1.35.8')).toBe('tested');
    expect(verdict(claims, '2.8.1', '1.29.0')).toBe('untested');
    expect(verdict([broken('2.')], '2.8.1', '1.0.0')).toBe('broken');
  });

  test('one of what passed is passed over outside of its range', () => {
    const claims = [
      { ...tested('2.8.1', '1.37', '1.37'), claim: 'passed' } as const,
      tested('', '1.30', '1.35'),
    ];
    expect(verdict(claims, '2.8.1', '1.37.2')).toBe('tested');
    expect(verdict(claims, '2.8.1', '1.36.3')).toBe('untested');
    expect(verdict(claims, '2.8.1', '1.35.8')).toBe('tested');
    expect(verdict(claims, '2.8.2', '1.37.2')).toBe('untested');
  });

  test('none need say anything', () => {
    expect(compatibilityOf({ kubernetes: [] }, '1.0.0', '1.36.0')).toBeUndefined();
    expect(verdict([tested('4.')], '3.0.0', '1.36.0')).toBeUndefined();
    expect(verdict([broken('', '1.37')], '3.0.0', '1.36.0')).toBeUndefined();
  });

  test('nothing is said of a version that is not known', () => {
    expect(verdict([broken('')], '3.0.0', '')).toBeUndefined();
  });
});

describe('what passed here', () => {
  const [, matrix = ''] = readFileSync('docs/compatibility.md', 'utf8').split(/<!-- \/?matrix -->/);
  const { rows, versions } = passes(matrix);

  test('is told of every network', () => {
    expect(rows.length).toBeGreaterThan(0);
  });

  test.each(rows)('%s %s: there is no warning', (title, version, cells) => {
    const cni = cniNames.map((name) => cniNamed(name)).find((one) => one.title === title);
    if (cni === undefined) throw new TypeError(`there is no ${title}`);
    for (const [index, cell] of cells.entries())
      if (cell.startsWith('passed'))
        expect(compatibilityFindings(cni, version, versions[index] ?? '')).toEqual([]);
  });

  const claims = cniNames.flatMap((name) =>
    cniNamed(name)
      .kubernetes.filter(({ claim }) => claim === 'passed')
      .map(({ cni, from }) => [cniNamed(name).title, cni, from ?? ''] as const),
  );
  test.each(claims)('is all that is claimed to have: %s %s, Kubernetes %s', (title, cni, from) => {
    const cells = rows.filter(([one, version]) => one === title && version === cni).flatMap((row) => row[2]);
    const column = versions.findIndex((version) => version.startsWith(`${from}.`));
    expect(cells[column]).toMatch(/^passed /);
  });
});

describe('the finding', () => {
  const findings = (claims: readonly KubernetesClaim[], kubernetesVersion: string, version = '2.8.1') =>
    compatibilityFindings({ title: 'Net', kubernetes: claims }, version, kubernetesVersion);

  test('is an error where it is broken, with the source', () => {
    expect(findings([broken('', '1.36')], '1.37.0')).toEqual([
      {
        id: 'cni-kubernetes',
        severity: 'error',
        message:
          'Net 2.8.1 does not work with Kubernetes 1.37.0 (broken with 1.36 and newer; source: its documentation)',
        hint: expect.stringContaining('kubernetes.version'),
      },
    ]);
  });

  test.each([
    [tested('', '1.34', '1.36'), 'tested with 1.34 to 1.36;'],
    [tested('', '1.36', '1.36'), 'tested with 1.36;'],
    [tested('', undefined, '1.36'), 'tested with 1.36 and older;'],
  ])('is a warning where it was not tested, with the range and the source', (claim, range) => {
    expect(findings([claim], '1.37.0')).toEqual([
      expect.objectContaining({ severity: 'warning', message: expect.stringContaining(range) }),
    ]);
    const [found] = findings([claim], '1.37.0', '');
    expect(found?.message).toMatch(
      /^Net was not tested with Kubernetes 1\.37\.0 .*source: its documentation/,
    );
  });

  test('is none where it was tested, or nobody says anything', () => {
    expect(findings([tested('')], '1.37.0')).toEqual([]);
    expect(findings([], '1.37.0')).toEqual([]);
    expect(findings([broken('', undefined, '1.30')], '1.37.0')).toEqual([]);
    expect(compatibilityFindings(cniNamed('flannel'), '0.28.9', '1.37.0')).toEqual([]);
  });
});
