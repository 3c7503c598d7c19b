import { EventEmitter } from 'node:events';
import { beforeEach, describe, expect, test } from '@jest/globals';
import { run } from '../../src/cli/run.ts';
import { cniNames } from '../../src/cni/index.ts';
import type { Matrix } from '../../src/engine/matrix.ts';
import { FakeEngine } from '../helpers/fake-engine.ts';

let out: string;
let err: string;
beforeEach(() => {
  out = '';
  err = '';
});

const matrix = async (...flags: readonly string[]) => {
  const engine = new FakeEngine();
  const status = await run(['matrix', ...flags], {
    engine,
    load: () => {
      throw new TypeError('there is no cluster');
    },
    env: {},
    signals: new EventEmitter(),
    stdout: { write: (text) => (out += text) },
    stderr: { write: (text) => (err += text) },
    readStdin: () => '',
  });
  expect(engine.calls).toEqual([]);
  return status;
};
const printed = () => JSON.parse(out) as Matrix;

describe('k8s-bootstrap matrix', () => {
  test('prints one line for GITHUB_OUTPUT: every CNI but the user’s own, in Docker', async () => {
    expect(await matrix()).toBe(0);
    expect(out).toMatch(/^\{"include":\[\{"cni":"[^\n]*\]\}\n$/);
    const { include } = printed();
    expect(new Set(include.map(({ cni }) => cni))).toEqual(
      new Set(cniNames.filter((name) => name !== 'manifest')),
    );
    expect(new Set(include.map(({ provider }) => provider))).toEqual(new Set(['kind']));
    expect(include.filter(({ cni }) => cni === 'flannel')).toContainEqual({
      cni: 'flannel',
      'cni-version': '0.28.9',
      'kubernetes-version': '1.36.4',
      provider: 'kind',
    });
  });

  test('takes lists, by commas and by repetition', async () => {
    const versions = ['--kubernetes-version', '1.36, 1.35.8', '--kubernetes-version', 'N-2'];
    expect(await matrix('--cni', 'manifest,flannel', ...versions, '--provider', 'ssh,kind')).toBe(0);
    const { include } = printed();
    expect(include).toHaveLength(2 * 3 * 2);
    expect(new Set(include.map((cell) => cell['kubernetes-version']))).toEqual(
      new Set(['1.36.4', '1.35.8', '1.34.11']),
    );
    expect(err).toBe('');
  });

  test('says on standard error what it left out, and why', async () => {
    expect(await matrix('--cni=flannel', '--kubernetes-version=1.36,1.36.2')).toBe(0);
    expect(printed().include).toHaveLength(1);
    expect(err).toBe(
      'left out: flannel 0.28.9, Kubernetes 1.36.2, kind: no published node image is known of Kubernetes 1.36.2\n',
    );
  });

  test('--explain has that in the JSON as well', async () => {
    expect(await matrix('--cni=flannel', '--kubernetes-version=1.33', '--explain')).toBe(0);
    expect(out.match(/\n/g)).toHaveLength(1);
    expect(printed()).toEqual({
      include: [],
      excluded: [
        {
          cni: 'flannel',
          'cni-version': '0.28.9',
          'kubernetes-version': '1.33',
          provider: 'kind',
          reason: 'Kubernetes 1.33 is not supported; 1.37, 1.36, 1.35, 1.34 are',
        },
      ],
    });
  });

  test('an empty one is an error, and nothing is printed', async () => {
    expect(await matrix('--kubernetes-version', '1.33')).toBe(3);
    expect(out).toBe('');
    expect(err).toMatch(/^left out: .*\n(.*\n)*error E_VERSION: the matrix is empty\n/);
  });

  test.each([
    [['--cni', 'flanel'], '--cni: "flanel" is not known', 'did you mean flannel?'],
    [['--provider', 'docker'], '--provider: "docker" is not known', 'one of: ssh, kind'],
    [['--kubernetes-version', '1'], '--kubernetes-version: "1" is no version of Kubernetes', 'give 1.36.3'],
    [['-f', 'cluster.yaml'], "Unknown option '-f'", 'lists commands'],
    [['--json'], "Unknown option '--json'", 'lists commands'],
  ])('%j is wrong use', async (flags, message, hint) => {
    expect(await matrix(...flags)).toBe(2);
    expect(err).toContain(`error E_USAGE: ${message}`);
    expect(err).toContain(hint);
    expect(out).toBe('');
  });

  test('has a help without the settings of a cluster', async () => {
    expect(await matrix('--help')).toBe(0);
    expect(out).toContain('Usage: k8s-bootstrap matrix [flags]');
    expect(out).toContain('echo "matrix=$(k8s-bootstrap matrix)" >> "$GITHUB_OUTPUT"');
    expect(out).toContain('--explain');
    expect(out).not.toMatch(/--(file|known-hosts|pod-cidr|json)|Secrets/);
  });
});
