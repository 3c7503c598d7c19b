import { describe, expect, it } from '@jest/globals';
import { cniNames } from '../../src/cni/index.ts';
import { loadSpec } from '../../src/spec/load.ts';
import { base, dir, load, messageOf } from './spec-helper.ts';

const pin = `SHA256:${'a'.repeat(43)}`;

describe('loadSpec', () => {
  it('fills in every default', () => {
    expect(load(base)).toEqual({
      provider: 'ssh',
      name: 'k8s-bootstrap',
      kubernetes: {
        version: 'stable',
        channel: 'built-in',
        serviceCIDR: '10.96.0.0/16',
        dnsDomain: 'cluster.local',
        apiServerPort: 6443,
        kubeadmPatches: [],
      },
      cni: { name: 'flannel', version: 'default', podCIDR: '10.244.0.0/16', options: {} },
      ssh: {
        user: 'root',
        port: 22,
        hostKeyChecking: 'strict',
        keyFile: `${dir}/key`,
        knownHosts: `${dir}/known_hosts`,
      },
      kind: { portMappings: [] },
      images: [],
      hosts: [
        {
          address: '10.0.0.1',
          role: 'control-plane',
          user: 'root',
          port: 22,
          keyFile: `${dir}/key`,
          labels: {},
          taints: [],
        },
        {
          address: '10.0.0.2',
          role: 'worker',
          user: 'root',
          port: 22,
          keyFile: `${dir}/key`,
          labels: {},
          taints: [],
        },
      ],
      artifacts: {
        distribution: 'auto',
        cacheDir: `${dir}/.cache/k8s-bootstrap`,
        versions: { containerd: '2.3.4', runc: '1.4.3', cniPlugins: '1.9.1', helm: '3.18.4' },
      },
      registryMirrors: {},
      verify: {
        minNodes: 2,
        checks: ['default'],
        images: { nginx: 'docker.io/library/nginx:1.29-alpine', client: 'docker.io/library/busybox:1.37' },
        timeoutSec: 180,
        keep: false,
      },
      timeouts: { totalSec: 900, readySec: 240, connectSec: 60 },
      preflight: { ignore: [] },
    });
  });

  it('freezes the result all the way down', () => {
    const spec = load(base);
    expect(Object.isFrozen(spec)).toBe(true);
    expect(Object.isFrozen(spec.hosts[0]?.labels)).toBe(true);
    expect(Object.isFrozen(spec.kubernetes.kubeadmPatches)).toBe(true);
  });

  it('lets fields override the file, and a key given directly replace a key file', () => {
    const fields = {
      ssh: { key: 'private', user: 'ops' },
      cni: { podCIDR: '10.200.0.0/16', version: undefined },
    };
    const spec = load(base, { fields });
    expect(spec.ssh).toMatchObject({ key: 'private', user: 'ops', knownHosts: `${dir}/known_hosts` });
    expect(spec.ssh.keyFile).toBeUndefined();
    expect(spec.hosts[1]).toMatchObject({ user: 'ops' });
    expect(spec.cni.podCIDR).toBe('10.200.0.0/16');
  });

  it.each([
    ['10.200.0.0/16', '10.96.0.0/16'],
    ['fd00:10:244::/56', 'fd00:10:96::/112'],
    ['10.200.0.0/16,fd00:10:244::/56', '10.96.0.0/16,fd00:10:96::/112'],
    ['fd00:10:244::/56, 10.200.0.0/16', 'fd00:10:96::/112,10.96.0.0/16'],
  ])('with pods in %s, services are in %s by default', (podCIDR, serviceCIDR) => {
    const spec = load(base, { fields: { cni: { name: 'calico', podCIDR } } });
    expect(spec.kubernetes.serviceCIDR).toBe(serviceCIDR);
    expect(spec.cni.podCIDR).toBe(podCIDR.replace(' ', ''));
  });

  it('takes an internal address of each family', () => {
    const hosts = '[{address: a, internalAddress: "192.168.0.9, fd01::9"}, {address: b}]';
    const text = `${base.replace(/hosts: .*/, `hosts: ${hosts}`)}cni: {podCIDR: "10.244.0.0/16,fd00::/56"}\n`;
    expect(load(text).hosts[0]?.internalAddress).toBe('192.168.0.9,fd01::9');
  });

  it('takes paths of fields relative to the working directory, and expands ~', () => {
    const spec = load(base, {
      fields: { ssh: { keyFile: 'package.json' }, artifacts: { checksums: '~/key', cacheDir: '~' } },
    });
    expect(spec.ssh.keyFile).toBe(`${process.cwd()}/package.json`);
    expect(spec.artifacts).toMatchObject({ checksums: `${dir}/key`, cacheDir: dir });
  });

  it.each([
    [{ RUNNER_TOOL_CACHE: '/opt/tools', HOME: '/h' }, '/opt/tools/k8s-bootstrap'],
    [{ XDG_CACHE_HOME: '/c', RUNNER_TOOL_CACHE: '', HOME: '/h' }, '/c/k8s-bootstrap'],
    [{ HOME: '/h' }, '/h/.cache/k8s-bootstrap'],
  ])('keeps downloads where %j says', (env, cacheDir) => {
    expect(load(base, { env }).artifacts.cacheDir).toBe(cacheDir);
  });

  it('reads hosts of the short form instead of those of the file', () => {
    const hostsText = `# two\nops@10.1.0.1:2222 host-key=${pin} name=cp # first\n\n[fd00::2] role=worker\n`;
    expect(load(base, { hostsText }).hosts).toMatchObject([
      { address: '10.1.0.1', port: 2222, user: 'ops', hostKey: pin, name: 'cp', role: 'control-plane' },
      { address: 'fd00::2', port: 22, user: 'root', role: 'worker' },
    ]);
  });

  it.each([
    [
      'a role given to another',
      '[{address: a}, {address: b, role: control-plane}]',
      ['worker', 'control-plane'],
    ],
    ['a worker after it', '[{address: a}, {address: b, role: worker}]', ['control-plane', 'worker']],
  ])('gives roles by %s', (_title, hosts, roles) => {
    expect(load(base.replace(/hosts: .*/, `hosts: ${hosts}`)).hosts.map(({ role }) => role)).toEqual(roles);
  });

  it('knows a kubelet’s version with or without v', () => {
    const hosts =
      '[{address: a}, {address: b, kubeletVersion: v1.35.8}, {address: c, kubeletVersion: 1.34.0-rc.1}]';
    const spec = load(base.replace(/hosts: .*/, `hosts: ${hosts}`));
    expect(spec.hosts.map(({ kubeletVersion }) => kubeletVersion)).toEqual([
      undefined,
      '1.35.8',
      '1.34.0-rc.1',
    ]);
  });

  it('hands the ssh settings down to the bastion', () => {
    const text = base.replace(
      'known_hosts}',
      'known_hosts, user: ops, bastion: {address: jump, keyFile: known_hosts}}',
    );
    expect(load(text).ssh.bastion).toEqual({
      address: 'jump',
      user: 'ops',
      port: 22,
      keyFile: `${dir}/known_hosts`,
    });
  });

  it('keeps a manifest URL, checksums in lower case, patches and nulls in them, and trims mirrors', () => {
    const spec = load(
      `${base}cni: {name: manifest, manifest: https://x.example/a.yaml, sha256: ${'A'.repeat(64)}}
kubernetes: {kubeadmPatches: [{kind: KubeletConfiguration, maxPods: null}]}
artifacts: {mirror: http://mirror/}
registryMirrors: {docker.io: http://m:5000/v2/docker.io/}\n`,
    );
    expect(spec.cni).toMatchObject({ manifest: 'https://x.example/a.yaml', sha256: 'a'.repeat(64) });
    expect(spec.kubernetes.kubeadmPatches).toEqual([{ kind: 'KubeletConfiguration', maxPods: null }]);
    expect([spec.artifacts.mirror, spec.registryMirrors['docker.io']]).toEqual([
      'http://mirror',
      'http://m:5000/v2/docker.io',
    ]);
  });

  it('works without a file, and takes any CNI when no names are given', () => {
    const fields = { ssh: { key: 'private', hostKeyChecking: 'off' as const }, cni: { name: 'other' } };
    expect(loadSpec({ fields, hostsText: 'a\nb', env: {} }).cni.name).toBe('other');
    expect(messageOf(undefined, { fields, hostsText: 'a\nb' })).toBe(
      `cni.name: "other" is not a CNI that is known; one of: ${cniNames.join(', ')}`,
    );
  });
});
