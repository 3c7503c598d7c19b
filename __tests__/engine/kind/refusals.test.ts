import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { release } from 'node:os';
import { describe, expect, test } from '@jest/globals';
import { cnis } from '../../../src/cni/index.ts';
import { networkFindings } from '../../../src/engine/kind/preflight.ts';
import { renderManifest } from '../../../src/kube/objects.ts';
import type { BootstrapError } from '../../../src/lib/errors.ts';
import type { ClusterSpec } from '../../../src/spec/cluster-spec.ts';
import { fakeCluster, fakeSpec } from '../../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { serveFiles } from '../../helpers/file-server.ts';
import { KindBed, kindHosts } from '../../helpers/kind-bed.ts';
import { weaveObjects } from '../../helpers/weave-manifest.ts';

/** The error of an `up` that must not change anything. */
async function refusal(bed: KindBed, spec: Partial<ClusterSpec> = {}): Promise<BootstrapError> {
  bed.forget();
  let begun = 0;
  const { kubeconfigPath } = bed;
  const up = bed.engine.up(
    { ...bed.spec, ...spec },
    { ...bed.context(), kubeconfigPath, beforeFirstChange: () => void (begun += 1) },
  );
  const error = await bootstrapFailure(up);
  expect(bed.docker.changes).toEqual([]);
  expect(bed.done(/^(upload|configure|add plugins) /)).toEqual([]);
  expect(begun).toBe(0);
  return error;
}

const upBed = async (): Promise<KindBed> => {
  const bed = new KindBed();
  await bed.up();
  return bed;
};

describe('preflight in Docker refuses', () => {
  test('a cluster that somebody else made, whatever is to be ignored', async () => {
    using bed = new KindBed({ with: { preflight: { ignore: ['all'] } } });
    bed.docker.add('test-control-plane', { role: 'control-plane' });
    expect(await refusal(bed)).toMatchObject({
      code: 'E_FOREIGN',
      step: 'preflight',
      message: expect.stringContaining('a kind cluster test that k8s-bootstrap did not make'),
      hint: expect.stringContaining('another cluster name'),
    });
  });

  test('other nodes than those that are there', async () => {
    using bed = await upBed();
    expect(await refusal(bed, { hosts: kindHosts(1, 3) })).toMatchObject({
      code: 'E_PREFLIGHT',
      message:
        'the cluster has other nodes than asked for: test-control-plane, test-worker, test-worker2 (nodes-differ)',
    });
    const fewer = await refusal(bed, { hosts: kindHosts(1, 1), preflight: { ignore: ['nodes-differ'] } });
    expect(fewer.message).toContain('nodes-differ');
    expect(bed.nodes).toHaveLength(3);
  });

  test('a node that was stopped, and says which', async () => {
    using bed = await upBed();
    bed.docker.stop('test-worker2');
    expect(await refusal(bed)).toMatchObject({
      code: 'E_PREFLIGHT',
      message: 'stopped: test-worker2 (node-stopped)',
      hint: expect.stringMatching(/^docker start test-worker2, or /),
    });
  });

  test('nodes that are all stopped, since nobody can tell how far they came', async () => {
    using bed = await upBed();
    for (const name of bed.nodes) bed.docker.stop(name);
    expect((await refusal(bed)).message).toBe(
      'stopped: test-control-plane, test-worker, test-worker2 (node-stopped)',
    );
  });

  test('another version', async () => {
    using bed = await upBed();
    const kubernetes = { ...bed.spec.kubernetes, version: '1.35.8' };
    expect((await refusal(bed, { kubernetes })).message).toContain('(version-differs)');
  });

  test('another range of pods', async () => {
    using bed = await upBed();
    const cni = { ...bed.spec.cni, podCIDR: '10.50.0.0/16' };
    expect((await refusal(bed, { cni })).message).toContain('(pod-cidr-differs)');
  });

  test('a network that does not work with the version', async () => {
    using bed = new KindBed();
    const { kubernetes } = cnis.manifest;
    try {
      const claim = { cni: '', from: '1.36', claim: 'broken', source: 'its documentation' } as const;
      Object.assign(cnis.manifest, { kubernetes: [claim] });
      expect(await refusal(bed)).toMatchObject({
        code: 'E_PREFLIGHT',
        message:
          'a manifest of your own does not work with Kubernetes 1.36.4 (broken with 1.36 and newer; source: its documentation) (cni-kubernetes)',
      });
    } finally {
      Object.assign(cnis.manifest, { kubernetes });
    }
  });

  describe('a kernel without what the CNI needs', () => {
    const lacking = (KernelVersion: string): KindBed => {
      const bed = new KindBed({ with: { cni: { ...fakeSpec().cni, name: 'weave' } } });
      const path = 'rajch/weave/v2.9.0/prog/weave-kube/weave-daemonset-k8s-1.11.yaml';
      bed.keep(`raw.githubusercontent.com/${path}`, renderManifest(weaveObjects()));
      bed.docker.info['KernelVersion'] = KernelVersion;
      bed.docker.on('tar ', '').on('sh -c for f in ', 'modules\nmodule vxlan\nmodule xt_set\n');
      return bed;
    };

    test('before there is a node', async () => {
      using bed = lacking(release());
      expect(await refusal(bed)).toMatchObject({
        code: 'E_PREFLIGHT',
        message:
          'the kernel has no dummy, ip_set, ip_set_hash_ip, ip_set_hash_net: Weave Net cannot start (kernel-features)',
      });
    });

    test('but another kernel than this machine’s is not judged', async () => {
      using bed = lacking('6.12.54-linuxkit');
      await bed.up();
    });

    test('nor does anybody look where the network is there already', async () => {
      using bed = lacking('6.12.54-linuxkit');
      await bed.up();
      bed.docker.info['KernelVersion'] = release();
      await bed.up();
    });
  });

  test('a release channel that cannot be reached', async () => {
    using files = await serveFiles({});
    const { artifacts, kubernetes } = fakeSpec();
    const mirror = `http://${files.host}`;
    using bed = new KindBed({
      with: {
        artifacts: { ...artifacts, mirror },
        kubernetes: { ...kubernetes, version: 'stable', channel: 'online' },
      },
    });
    expect(await refusal(bed)).toMatchObject({
      code: 'E_DOWNLOAD',
      step: 'resolve',
      where: 'kubernetes.channel',
    });
    expect(files.requests).toEqual(['GET /dl.k8s.io/release/stable.txt']);
  });

  test('a version without a published image, unless Docker has one of the usual name', async () => {
    using bed = new KindBed({ with: { kubernetes: { ...fakeSpec().kubernetes, version: '1.36.2' } } });
    const error = await refusal(bed);
    expect(error).toMatchObject({ code: 'E_PREFLIGHT', message: expect.stringContaining('(node-image)') });
    expect(error.message).toContain('kindest/node:v1.36.2');
    expect(error.hint).toContain('1.36.4');
    bed.docker.images.set('kindest/node:v1.36.2', 'sha256:abc');
    for (const machine of bed.machines) machine.on('cat /kind/version', 'v1.36.2\n');
    expect((await bed.up()).report.cluster.kubernetesVersion).toBe('1.36.2');
    expect(bed.docker.changes.filter((line) => line.startsWith('docker pull'))).toEqual([]);
  });

  test('ports that something listens on, the API server’s and those to publish', async () => {
    const servers = [createServer(), createServer()].map((server) => server.listen(0, '127.0.0.1'));
    await Promise.all(servers.map((server) => once(server, 'listening')));
    const [apiServerPort = 0, hostPort = 0] = servers.map((server) => (server.address() as AddressInfo).port);
    const mapping = { hostPort, containerPort: 80, listenAddress: '127.0.0.1', protocol: 'TCP' } as const;
    // What listens by TCP is not in the way of UDP.
    const other = { ...mapping, hostPort: apiServerPort, protocol: 'UDP' } as const;
    using bed = new KindBed({ with: { kind: { apiServerPort, portMappings: [mapping, other] } } });
    const { errors } = await refusal(bed);
    expect(errors.map(({ message }) => message)).toEqual([
      `port ${String(apiServerPort)} of this machine is in use (kind.apiServerPort) (port)`,
      `port ${String(hostPort)} of this machine is in use (kind.portMappings) (port)`,
    ]);
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
    expect((await bed.up()).report.findings).toEqual([]);
  });

  test('not the ports of an unfinished cluster of the same name, which goes', async () => {
    const server = createServer().listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const portMappings = [
      { hostPort: port, containerPort: 80, listenAddress: '127.0.0.1', protocol: 'TCP' } as const,
    ];
    using bed = new KindBed({ with: { kind: { portMappings } } });
    bed.mark();
    bed.docker.add('test-control-plane', { role: 'control-plane', ports: { '80/tcp': port } });
    const { report } = await bed.up();
    server.close();
    expect(report.findings.map(({ id }) => id)).toEqual(['unfinished']);
  });

  test('a source without what is needed', async () => {
    using files = await serveFiles({});
    const { artifacts } = fakeSpec();
    const mirror = `http://${files.host}`;
    using bed = new KindBed({ with: { artifacts: { ...artifacts, mirror } } });
    bed.docker.on('kind version', { exitCode: 127 });
    const { errors } = await refusal(bed);
    expect(errors.map(({ message }) => message)).toEqual([
      expect.stringMatching(/kind-linux-amd64.*404.*\(source-unreachable\)/),
      expect.stringMatching(/cni-plugins-linux-amd64.*404.*\(source-unreachable\)/),
    ]);
    expect(files.requests.every((line) => line.startsWith('HEAD '))).toBe(true);
  });

  test('networks that overlap the one that Docker has', async () => {
    using bed = new KindBed();
    const subnets = [{ Subnet: '10.244.8.0/24' }, { Subnet: '10.96.0.0/12' }, {}];
    bed.docker.networks.set('kind', { Labels: null, IPAM: { Config: subnets } });
    const { errors } = await refusal(bed);
    expect(errors.map(({ message }) => message)).toEqual([
      'cni.podCIDR 10.244.0.0/16 overlaps Docker’s network kind 10.244.8.0/24 (pod-cidr)',
      'kubernetes.serviceCIDR 10.96.0.0/16 overlaps Docker’s network kind 10.96.0.0/12 (service-cidr)',
    ]);
  });

  test('IPv6 on a network of Docker’s that has none', async () => {
    using bed = new KindBed();
    const cni = { ...bed.spec.cni, podCIDR: '10.244.0.0/16,fd00:10:244::/56' };
    bed.docker.networks.set('kind', { Labels: null, IPAM: { Config: [{ Subnet: '172.18.0.0/16' }] } });
    expect(await refusal(bed, { cni })).toMatchObject({
      message: `Docker’s network kind has no IPv6, and cni.podCIDR is ${cni.podCIDR} (network-ipv6)`,
    });
    const { cluster } = fakeCluster({ with: { cni } });
    expect(networkFindings(cluster, ['172.18.0.0/16', 'fc00:f853::/64'])).toEqual([]);
  });

  test('an engine that is too old or too small, and images that are not there', async () => {
    using bed = new KindBed({ with: { images: ['app:1', '/nowhere/app.tar'] } });
    Object.assign(bed.docker.info, { ServerVersion: '19.03.15', NCPU: 1, MemTotal: 2 ** 30 });
    const { errors } = await refusal(bed);
    expect(errors.map(({ message }) => /\(([\w-]+)\)$/.exec(message)?.[1])).toEqual([
      'cpu',
      'memory',
      'docker-version',
      'local-image',
      'local-image',
    ]);
    expect(errors[3]).toMatchObject({
      message: 'images: Docker has no image app:1 (local-image)',
      hint: expect.stringContaining('docker image ls'),
    });
    expect(errors[4]?.message).toContain('/nowhere/app.tar');
  });
});

describe('preflight in Docker only tells', () => {
  test('of cgroup v1, which kubelets are then told to accept, and of an engine without root', async () => {
    using bed = new KindBed();
    Object.assign(bed.docker.info, { CgroupVersion: '1', SecurityOptions: ['name=rootless'] });
    const { report } = await bed.up();
    expect(report.findings.map(({ id, severity }) => [id, severity])).toEqual([
      ['cgroup-v1', 'info'],
      ['rootless', 'warning'],
    ]);
    expect(bed.kind.config?.nodes.every((node) => JSON.stringify(node).includes('failCgroupV1: false'))).toBe(
      true,
    );
  });
});

describe('a run in Docker does not begin', () => {
  test.each([
    ['Windows', { OSType: 'windows' }, 'Docker runs windows on x86_64'],
    ['another architecture', { Architecture: 's390x' }, 'Docker runs linux on s390x'],
  ])('on %s', async (_name, info, message) => {
    using bed = new KindBed();
    Object.assign(bed.docker.info, info);
    expect(await refusal(bed)).toMatchObject({ code: 'E_PREFLIGHT', step: 'resolve', message });
  });

  test('on arm64 it does', async () => {
    using bed = new KindBed();
    bed.docker.info['Architecture'] = 'aarch64';
    bed.keep(
      'github.com/containernetworking/plugins/releases/download/v1.9.1/cni-plugins-linux-arm64-v1.9.1.tgz',
      'for arm64',
    );
    await expect(bed.up()).resolves.toMatchObject({ report: { outcome: 'success' } });
  });

  test('without Docker', async () => {
    using bed = new KindBed();
    bed.docker.on('docker info', { exitCode: 127, stderr: 'docker: ENOENT' });
    expect(await refusal(bed)).toMatchObject({
      code: 'E_CONNECT',
      step: 'docker',
      where: 'provider',
      message: 'there is no docker on this machine',
    });
  });

  test('while another run holds the cluster; with another name it does', async () => {
    using bed = new KindBed();
    const met = Promise.withResolvers<BootstrapError>();
    bed.kind.during.prepare = async () => {
      const down = bed.engine.down(bed.spec, { ...bed.context(), keep: 'nothing' });
      met.resolve(await bootstrapFailure(down));
      const spec = { ...bed.spec, name: 'other' };
      await bed.engine.down(spec, { ...bed.context(), keep: 'nothing', signal: quiet });
    };
    await bed.up();
    expect(await met.promise).toMatchObject({
      code: 'E_LOCKED',
      where: 'name',
      message: expect.stringMatching(/^another run holds the cluster test \(run [0-9a-f]{8}, started 20/),
    });
    await expect(bed.up()).resolves.toMatchObject({ report: { unchanged: true } });
  });
});
