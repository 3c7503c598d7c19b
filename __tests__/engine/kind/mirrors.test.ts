import { once } from 'node:events';
import { createServer, type AddressInfo, type Server } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { ClusterSpec } from '../../../src/spec/cluster-spec.ts';
import { bootstrapFailure } from '../../helpers/failure.ts';
import { KindBed } from '../../helpers/kind-bed.ts';

/** An address of this machine that is no loopback by its name. */
const here = '0.0.0.0';

let listening: Server;
let open: string;
let closed: string;
beforeAll(async () => {
  const servers = [createServer(), createServer()].map((server) => server.listen(0, '127.0.0.1'));
  await Promise.all(servers.map((server) => once(server, 'listening')));
  [open = '', closed = ''] = servers.map(
    (server) => `http://${here}:${String((server.address() as AddressInfo).port)}`,
  );
  const [first, second] = servers;
  if (first === undefined || second === undefined) throw new TypeError('there are two servers');
  listening = first;
  await new Promise((resolve) => second.close(resolve));
});
afterAll(() => {
  listening.close();
});

const proxies = ['HTTP_PROXY', 'HTTPS_PROXY', 'http_proxy', 'https_proxy'] as const;
const before = Object.fromEntries(proxies.map((name) => [name, process.env[name]]));
const clear = (): void => {
  for (const name of proxies) Reflect.deleteProperty(process.env, name);
};
beforeAll(clear);
afterEach(clear);
afterAll(() => {
  for (const [name, value] of Object.entries(before)) if (value !== undefined) process.env[name] = value;
});

const bedWith = (registryMirrors: ClusterSpec['registryMirrors']): KindBed =>
  new KindBed({ with: { registryMirrors } });

describe('a registry mirror', () => {
  test('that nothing listens at is an error before anything is made, once for all registries', async () => {
    using bed = bedWith({ 'docker.io': `${closed}/v2/docker`, 'quay.io': closed, 'ghcr.io': open });
    const error = await bootstrapFailure(bed.up());
    expect(error).toMatchObject({
      code: 'E_PREFLIGHT',
      step: 'preflight',
      message: `this machine cannot reach the registry mirror ${closed}: ECONNREFUSED (mirror-unreachable)`,
      hint: expect.stringContaining('registryMirrors'),
    });
    expect(bed.docker.changes).toEqual([]);
  });

  test('is a warning for a cluster that is up, and for whoever wants it so', async () => {
    using bed = new KindBed();
    await bed.up();
    const spec = { ...bed.spec, registryMirrors: { 'docker.io': closed } };
    const { kubeconfigPath } = bed;
    const up = await bed.engine.up(spec, { ...bed.context(), kubeconfigPath });
    expect(up.report.findings).toMatchObject([{ id: 'mirror-unreachable', severity: 'warning' }]);
    using other = new KindBed({
      with: { registryMirrors: { 'docker.io': closed }, preflight: { ignore: ['mirror-unreachable'] } },
    });
    await expect(other.up()).resolves.toMatchObject({ report: { outcome: 'success' } });
  });

  test.each([
    ['that answers', () => open],
    ['that is a container’s name', () => 'http://kind-registry:5000'],
    ['that only Docker may know by its name', () => 'https://registry.invalid'],
    ['at the node’s own loopback', () => closed.replace(here, '127.0.0.1')],
    ['at the node’s own loopback, by IPv6', () => closed.replace(here, '[::1]')],
  ])('%s is no finding', async (_name, url) => {
    using bed = bedWith({ 'docker.io': url() });
    expect((await bed.up()).report.findings).toEqual([]);
  });

  test.each(proxies)('is not asked for where nodes go by way of %s', async (name) => {
    process.env[name] = 'http://proxy.example:3128';
    using bed = bedWith({ 'docker.io': closed });
    expect((await bed.up()).report.findings).toEqual([]);
  });
});
