import { describe, expect, test } from '@jest/globals';
import { runtimeFiles } from '../../src/host/runtime-config.ts';
import { Host } from '../../src/host/host.ts';
import type { Facts } from '../../src/host/facts.ts';
import { fakeCluster, fakeFacts } from '../helpers/cluster.ts';
import { hostState } from '../helpers/host-state.ts';

function filesFor(facts: Partial<Facts> = {}, registryMirrors: Record<string, string> = {}) {
  const { controlPlane } = fakeCluster().cluster;
  controlPlane.learn(fakeFacts(0, facts));
  const files = runtimeFiles(controlPlane, { pauseImage: 'registry.k8s.io/pause:3.10', registryMirrors });
  return Object.fromEntries(files.map(({ path, content }) => [path, content]));
}
const CONFIG = '/etc/containerd/config.toml';
const UNIT = '/etc/systemd/system/containerd.service';

describe('runtimeFiles', () => {
  test('containerd knows its sandbox image, where mirrors and plugins are, and systemd’s cgroups', () => {
    const config = filesFor()[CONFIG];
    for (const line of [
      'version = 3',
      'sandbox = "registry.k8s.io/pause:3.10"',
      'config_path = "/etc/containerd/certs.d"',
      'bin_dirs = ["/opt/cni/bin"]',
      'SystemdCgroup = true',
      'restrict_oom_score_adj = false',
    ]) {
      expect(config).toContain(line);
    }
  });

  test('cgroup v1: the cgroupfs driver', () => {
    expect(filesFor({ cgroup: 'v1' })[CONFIG]).toContain('SystemdCgroup = false');
  });

  test('without the capability nobody tries to lower an OOM score', () => {
    expect(filesFor()[UNIT]).toContain('OOMScoreAdjust=-999');
    const files = filesFor({ canLowerOomScore: false });
    expect(files[UNIT]).not.toContain('OOMScoreAdjust');
    expect(files[CONFIG]).toContain('restrict_oom_score_adj = true');
  });

  const v4 = 'net.ipv4.ip_forward = 1';
  const v6 = ['net.ipv6.conf.all.forwarding = 1', 'net.ipv6.conf.default.forwarding = 1'];
  test.each([
    [[4], [v4]],
    [[6], v6],
    [
      [4, 6],
      [v4, ...v6],
    ],
  ] as const)('the kernel forwards pods’ packets of IPv%j', (families, lines) => {
    const host = new Host(fakeCluster().cluster.controlPlane.spec, families);
    host.learn(fakeFacts(0));
    const files = runtimeFiles(host, { pauseImage: 'pause', registryMirrors: {} });
    const config = files.find(({ path }) => path.includes('sysctl.d'))?.content.split('\n');
    expect(config?.filter((line) => line.includes('forward'))).toEqual(lines);
  });

  describe('mounts that the CNI needs', () => {
    const unitFor = (had: Facts['mounts'], mounts?: Partial<Facts['mounts']>, before?: Facts['mounts']) => {
      const { controlPlane } = fakeCluster().cluster;
      controlPlane.learn(fakeFacts(0, { mounts: had }));
      if (before !== undefined)
        controlPlane.state = hostState({ before: { ...hostState().before, mounts: before } });
      const files = runtimeFiles(controlPlane, { pauseImage: 'pause', registryMirrors: {}, mounts });
      return files.find(({ path }) => path === UNIT)?.content.match(/^Exec.*$/gm);
    };
    const all = { sharedMounts: true, bpffs: true };
    const none = { sharedMounts: false, bpffs: false };
    const made = [
      "ExecStartPre=/bin/sh -c 'mount --make-rshared /'",
      expect.stringMatching(/^ExecStartPre=\/bin\/sh -c '.*mount -t bpf bpf \/sys\/fs\/bpf'$/),
      'ExecStart=/usr/local/bin/containerd',
    ];

    test('are made before containerd starts, at every boot', () => {
      expect(unitFor(none, all)).toEqual(made);
    });

    test('are still made on a host that only has them by us', () => {
      expect(unitFor(all, all, none)).toEqual(made);
    });

    test('are left alone where the host has them, or nobody needs them', () => {
      for (const unit of [unitFor(all, all), unitFor(none), unitFor(none, {})]) {
        expect(unit).toEqual(['ExecStart=/usr/local/bin/containerd']);
      }
    });
  });

  test('each mirror stands in for its registry; one with a path overrides it', () => {
    const files = filesFor({}, { 'docker.io': 'http://m:5000', 'quay.io': 'https://m/v2/quay' });
    expect(files['/etc/containerd/certs.d/docker.io/hosts.toml']).toMatch(/^server = "http:\/\/m:5000"\n/);
    expect(files['/etc/containerd/certs.d/docker.io/hosts.toml']).not.toContain('override_path');
    expect(files['/etc/containerd/certs.d/quay.io/hosts.toml']).toMatch(
      /^server = "https:\/\/m\/v2\/quay"\noverride_path = true\n\n\[host\."https:\/\/m\/v2\/quay"\]\n[^]*\n {2}override_path = true\n$/,
    );
  });

  test('forwarding and bridge filtering are on, now and after a reboot', () => {
    const files = filesFor();
    expect(files['/etc/sysctl.d/99-k8s-bootstrap.conf']).toContain('net.ipv4.ip_forward = 1');
    expect(files['/etc/modules-load.d/k8s-bootstrap.conf']).toBe('overlay\nbr_netfilter\n');
  });

  test('the kubelet starts with what kubeadm writes', () => {
    expect(filesFor()['/etc/systemd/system/kubelet.service']).toMatch(
      /EnvironmentFile=-\/var\/lib\/kubelet\/kubeadm-flags\.env\nExecStart=\/usr\/local\/bin\/kubelet /,
    );
  });
});
