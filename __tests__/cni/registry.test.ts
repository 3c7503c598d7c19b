import { describe, expect, test } from '@jest/globals';
import * as z from 'zod';
import { builtInChecksums } from '../../src/artifacts/checksums.ts';
import { defaultVersionOf } from '../../src/cni/default-version.ts';
import { cniCatalog, cniNamed, cniNames, networkTracesOf } from '../../src/cni/index.ts';
import { matchesLink, removable } from '../../src/host/reset/traces.ts';
import { newestFirst } from '../../src/lib/version-order.ts';
import { fakeContext, fakeFacts, fakeSpec } from '../helpers/cluster.ts';
import { optionSchema, specsWithCni, specWithCni } from '../helpers/cni-specs.ts';

/** Names that a trace has to keep away from: the kernel's, the host's, other programs'. */
const othersLinks = ['lo', 'eth0', 'ens192', 'wlan0', 'bond0', 'br0', 'docker0', 'virbr0', 'lxcbr0', 'wg0'];
const othersChains = [
  'INPUT',
  'FORWARD',
  'OUTPUT',
  'PREROUTING',
  'POSTROUTING',
  'DOCKER-USER',
  'KUBE-FORWARD',
];
/** Of https://github.com/containernetworking/plugins, which is where a node gets them from. */
const stockPlugins =
  'bandwidth bridge dhcp dummy firewall host-device host-local ipvlan loopback macvlan portmap ptp sbr static tap tuning vlan vrf';
/** Calico's, which does not say so. */
const oddPaths = ['/run/nodeagent'];

test('every CNI is registered under its own name', () => {
  for (const name of cniNames) expect(cniNamed(name).name).toBe(name);
});

test('an option of several CNIs takes the same kind of value in all', () => {
  const kinds = new Map<string, unknown>();
  for (const [option, schema] of cniNames.flatMap((name) => Object.entries(cniNamed(name).options))) {
    const { type } = optionSchema(schema);
    expect([option, type]).toEqual([option, kinds.get(option) ?? type]);
    kinds.set(option, type);
  }
});

describe.each(cniNames)('%s', (name) => {
  const cni = cniNamed(name);

  test('its versions are the newest first, and the default is one of them', () => {
    expect(cni.versions).toEqual([...cni.versions].sort(newestFirst));
    for (const version of cni.versions) expect(version).toMatch(/^\d+\.\d+\.\d+/);
    if (cni.versions.length > 0) expect(cni.versions).toContain(defaultVersionOf(cni));
  });

  test('whatever it downloads, with any option, has its checksum in the table', () => {
    for (const version of cni.versions)
      for (const spec of specsWithCni(name))
        for (const source of cni.sources(fakeContext(spec, version))) {
          const url = 'upstream' in source ? source.upstream : 'chart' in source ? source.chart : undefined;
          if (url !== undefined) expect([...builtInChecksums().keys()]).toContain(url);
        }
  });

  test('needs no option; each has a description', () => {
    expect(z.object(cni.options).safeParse({})).toMatchObject({ success: true });
    expect(cniCatalog.problems(specWithCni(name))).toEqual([]);
    for (const schema of Object.values(cni.options)) expect(schema.description).toMatch(/^\p{Lu}.+\.$/u);
  });

  test('what it does instead of an option is about one that another has, and it has not', () => {
    for (const option of Object.keys(cni.instead ?? {})) {
      expect(cni.options).not.toHaveProperty(option);
      expect(cniNames.filter((other) => Object.hasOwn(cniNamed(other).options, option))).not.toEqual([]);
    }
  });

  test('what is said of Kubernetes is about versions that there are', () => {
    for (const { cni: prefix, from, to, source } of cni.kubernetes) {
      if (cni.versions.length > 0)
        expect(cni.versions.filter((version) => version.startsWith(prefix))).not.toEqual([]);
      for (const minor of [from, to]) expect(minor ?? '1.0').toMatch(/^1\.\d+$/);
      expect(Number((from ?? '1.0').slice(2))).toBeLessThanOrEqual(Number((to ?? '1.999').slice(2)));
      expect(source).not.toBe('');
    }
  });

  test('the plugins that it takes from a node are such as nodes get', () => {
    expect((cni.plugins ?? []).filter((plugin) => !stockPlugins.split(' ').includes(plugin))).toEqual([]);
  });

  test('its ports are ports, each once, with any option', () => {
    for (const spec of specsWithCni(name)) {
      const ports = [...cni.ports(spec), ...(cni.hostPorts?.(spec) ?? [])];
      for (const { port, purpose } of ports) {
        expect(port).toBeGreaterThan(0);
        expect(port).toBeLessThan(65536);
        expect(purpose).not.toBe('');
      }
      const names = ports.map(({ protocol, port }) => `${protocol} ${String(port)}`);
      expect(names).toEqual([...new Set(names)]);
    }
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

  test('no trace is the host’s, or another program’s', () => {
    const { links, chains, paths, apiGroups = [], taints = [] } = cni.traces;
    expect(othersLinks.filter((other) => links.some((link) => matchesLink(other, link)))).toEqual([]);
    expect(othersChains.filter((other) => chains.some((chain) => other.startsWith(chain)))).toEqual([]);
    // A path is deleted on every host, whichever CNI it had, so it has to tell by its name whose it is.
    expect(paths.filter((path) => !path.includes(name) && !oddPaths.includes(path))).toEqual([]);
    for (const group of apiGroups) expect(group).toMatch(/^(?!.*\b(k8s|kubernetes)\.io$)[\w-]+(\.[\w-]+)+$/);
    for (const taint of taints) expect(taint).toMatch(/^(?!.*\b(k8s|kubernetes)\.io\/)[\w.-]+\/[\w.-]+$/);
  });
});

test.each(['calico', 'cilium', 'flannel', 'kube-router'])(
  '%s takes no MTU that IPv6 does not work with',
  (name) => {
    const mtuOf = (podCIDR: string, mtu: number) => {
      const spec = specWithCni(name, { mtu });
      return cniCatalog.problems({ ...spec, cni: { ...spec.cni, podCIDR } });
    };
    expect(mtuOf('10.244.0.0/16,fd00::/56', 1279)).toMatchObject([
      { option: 'mtu', what: 'is less than 1280, the least that IPv6 works with' },
    ]);
    expect(mtuOf('10.244.0.0/16,fd00::/56', 1280)).toEqual([]);
    expect(mtuOf('10.244.0.0/16', 576)).toEqual([]);
  },
);
