import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { basename } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { builtInChecksums } from '../../src/artifacts/checksums.ts';
import type { CniContext } from '../../src/cni/cni.ts';
import { defaultVersionOf } from '../../src/cni/default-version.ts';
import { cniNamed, cniNames } from '../../src/cni/index.ts';
import { parseManifest, type KubeObject } from '../../src/kube/objects.ts';
import type { PodSpec } from '../../src/kube/pod-template.ts';
import { valueAt } from '../../src/lib/record.ts';
import { fakeContext } from '../helpers/cluster.ts';
import { specsWithCni } from '../helpers/cni-specs.ts';
import { bootstrapFailure } from '../helpers/failure.ts';

/** A manifest of upstream's, and where the repository keeps it. */
interface Kept {
  readonly upstream: string;
  readonly path: string;
}

/** Nothing for charts, which only helm can render. */
function keptManifests(name: string, context: CniContext): readonly Kept[] {
  return cniNamed(name)
    .sources(context)
    .flatMap((source) => ('upstream' in source ? [source.upstream] : []))
    .map((upstream) => ({
      upstream,
      path: `testbed/manifests/${name}/v${context.version}/${basename(upstream)}`,
    }));
}

const parsed = new Map<string, readonly KubeObject[]>();
/** Each time anew, lest one test see what another changed. */
function objectsIn(path: string): readonly KubeObject[] {
  const objects = parsed.get(path) ?? parseManifest(readFileSync(path, 'utf8'), path);
  parsed.set(path, objects);
  return structuredClone(objects);
}

function podsOf(objects: readonly KubeObject[]): readonly PodSpec[] {
  return objects.flatMap((object) => {
    const spec = object['spec'] as { readonly template?: { readonly spec?: PodSpec } } | undefined;
    return spec?.template?.spec ?? [];
  });
}

const contexts = cniNames.flatMap((name) =>
  cniNamed(name).versions.flatMap((version) =>
    specsWithCni(name)
      .map((spec) => fakeContext(spec, version))
      .map((context) => ({ name, context, manifests: keptManifests(name, context) }))
      .filter(({ manifests }) => manifests.length > 0),
  ),
);

test('the manifests of every CNI are here, of the version and the options that it has by default', () => {
  const wanted = contexts
    .filter(({ name, context: { spec, version } }) => {
      return version === defaultVersionOf(cniNamed(name)) && Object.keys(spec.cni.options).length === 0;
    })
    .flatMap(({ manifests }) => manifests);
  expect(wanted.filter(({ path }) => !existsSync(path))).toEqual([]);
});

const cases = contexts
  .filter(({ manifests }) => manifests.every(({ path }) => existsSync(path)))
  .map((one) => ({ ...one, version: one.context.version, options: one.context.spec.cni.options }));

describe.each(cases)('$name $version with $options', ({ name, context, manifests }) => {
  const cni = cniNamed(name);
  const upstream = () => manifests.flatMap(({ path }) => objectsIn(path));

  test('its manifest has the checksum of the table', () => {
    for (const { upstream, path } of manifests) {
      const sha256 = createHash('sha256').update(readFileSync(path)).digest('hex');
      expect([path, sha256]).toEqual([path, builtInChecksums().get(upstream)]);
    }
  });

  test('has the pods that are asked how they are', () => {
    const { selector = '', container } = cni.diagnostics ?? {};
    const [label = '', value] = selector.split('=');
    const asked = upstream().flatMap(({ kind, spec }) => {
      if (kind !== 'DaemonSet') return [];
      const { template } = spec as { template: { metadata: { labels: object }; spec: PodSpec } };
      return valueAt(template.metadata.labels, [label]) === value ? template.spec.containers : [];
    });
    expect(asked.map(({ name }) => name)).toContain(container);
  });

  test('runs images of one version, and pulls none that a node has', () => {
    const pods = podsOf(cni.render(upstream(), context));
    const containers = pods.flatMap((pod) => [...pod.containers, ...(pod.initContainers ?? [])]);
    expect(containers).not.toEqual([]);
    for (const { image, imagePullPolicy } of containers) {
      expect(image).toMatch(/(:(?!latest$)[^:/]+|@sha256:[0-9a-f]{64})$/);
      expect(['IfNotPresent', undefined]).toContain(imagePullPolicy);
    }
  });

  test('consists of the same objects at each run, and leaves upstream’s as they were', () => {
    const objects = upstream();
    const rendered = cni.render(objects, context);
    expect(objects).toEqual(upstream());
    expect(cni.render(objects, context)).toEqual(rendered);
    expect(cni.workloads(rendered)).not.toEqual([]);
  });

  test('refuses a manifest that it does not know', async () => {
    expect(await bootstrapFailure(() => cni.render([], context))).toMatchObject({ code: 'E_CNI' });
  });
});
