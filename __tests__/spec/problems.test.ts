import { describe, expect, it } from '@jest/globals';
import { BootstrapError } from '../../src/lib/errors.ts';
import type { SpecFields } from '../../src/spec/load.ts';
import { base, dir, load, messageOf } from './spec-helper.ts';

describe('problems of a cluster file', () => {
  it('are all in one error, each with its place', () => {
    const text =
      'hosts: [{address: 10.244.0.1}, {address: a;id}]\nssh: {keyfle: key}\ncni: {name: flanel}\nverify:\n';
    expect(messageOf(text).split('\n')).toEqual([
      '5 problems in the input:',
      ' - c.yaml:2:7: ssh.keyfle: unknown field keyfle; did you mean keyFile?',
      ' - c.yaml:1:33: hosts[1].address: "a;id" is not an address; give an IPv4 or IPv6 address without a zone, or a DNS name',
      ' - c.yaml:4:1: verify: is empty; give a value or remove the line',
      ' - c.yaml:1:10: hosts[0].address: 10.244.0.1 lies in cni.podCIDR 10.244.0.0/16; choose a cni.podCIDR outside of the hosts’ network',
      ' - c.yaml:3:7: cni.name: "flanel" is not a CNI that is known; did you mean flannel?',
    ]);
  });

  it('name the place of the first one', () => {
    expect(() => load(`${base}name: A b`)).toThrow(
      expect.objectContaining({ code: 'E_SPEC', where: `${dir}/c.yaml:3:1` }),
    );
    expect(() => load(base, { fields: { name: 'A b' } })).toThrow(expect.objectContaining({ where: 'name' }));
    expect(() => load(base, { hostsText: '\na b' })).toThrow(
      expect.objectContaining({ where: 'hosts, line 2' }),
    );
  });

  it.each<[string, string]>([
    ['kubernetes: {version: 1.36}', 'kubernetes.version: 1.36 is not text; put it in quotes'],
    ['kubernetes: {version: newest}', 'is not a Kubernetes version'],
    ['kubernetes: {channel: on}', 'kubernetes.channel: "on" is not one of built-in, online'],
    ['kubernetes: {serviceCIDR: 10.96.0.1/16}', 'has bits set behind its prefix; write 10.96.0.0/16'],
    [
      'kubernetes: {serviceCIDR: 10.96.0.0}',
      'is not a CIDR; write one block such as 10.244.0.0/16, or one of each',
    ],
    [
      'kubernetes: {serviceCIDR: "10.96.0.0/16,10.97.0.0/16"}',
      'has two of one IP family; give one, or one of IPv4',
    ],
    [
      'cni: {podCIDR: "10.244.0.0/16, fd00::1/48"}',
      '"fd00::1/48" has bits set behind its prefix; write fd00::/48',
    ],
    ['cni: {podCIDR: "10.244.0.0/16,"}', '"" is not a CIDR'],
    [
      'kubernetes: {serviceCIDR: "10.96.0.0/16,fd00::/112"}',
      'kubernetes.serviceCIDR: is IPv4 and IPv6, and cni.podCIDR is IPv4; give it ranges of IPv4, in this order, or leave it out',
    ],
    [
      'cni: {podCIDR: "10.244.0.0/16,fd00:10::/56"}\nkubernetes: {serviceCIDR: "fd00::/112,10.96.0.0/16"}',
      'kubernetes.serviceCIDR: is IPv6 and IPv4, and cni.podCIDR is IPv4 and IPv6',
    ],
    [
      'cni: {podCIDR: "10.244.0.0/16,fd00:10::/56"}\nkubernetes: {serviceCIDR: "10.96.0.0/16,fd00:10::/112"}',
      'cni.podCIDR fd00:10::/56 and kubernetes.serviceCIDR fd00:10::/112 overlap',
    ],
    [
      'cni: {podCIDR: "10.244.0.0/16,fd00::/64"}',
      'has room for 1 nodes at a /64 each, and there are 2; make it a /63',
    ],
    ['kubernetes: {serviceCIDR: 10.96.0.0/30}', 'is a /30, which is too small; choose between /12 and /28'],
    ['kubernetes: {serviceCIDR: 8.0.0.0/8}', 'is a /8, which is too large'],
    ['kubernetes: {serviceCIDR: "fd00::/112"}', 'is IPv6, and cni.podCIDR is IPv4'],
    [
      'kubernetes: {serviceCIDR: 10.244.128.0/20}',
      'cni.podCIDR 10.244.0.0/16 and kubernetes.serviceCIDR 10.244.128.0/20 overlap',
    ],
    ['kubernetes: {serviceCIDR: 10.0.0.0/16}', '10.0.0.1 lies in kubernetes.serviceCIDR 10.0.0.0/16'],
    ['kubernetes: {controlPlaneEndpoint: "a:99999"}', 'is not host[:port]'],
    ['kubernetes: {dnsDomain: Cluster.Local}', 'is not a DNS domain'],
    ['kubernetes: {apiServerPort: 0}', '0 is not a port'],
    ['kubernetes: {kubeadmPatches: [{kind: KubeletConfigration}]}', 'did you mean KubeletConfiguration?'],
    [
      'cni: {podCIDR: 10.244.0.0/24}',
      'has room for 1 nodes at a /24 each, and there are 2; make it a /23 or larger',
    ],
    ['cni: {podCIDR: 10.244.0.0/26}', 'has room for 0 nodes'],
    ['cni: {podCIDR: 0.0.0.0/0}', 'is too large'],
    [
      'cni: {name: flannel, options: {encryption: wireguard}}',
      'flannel has no option "encryption"; it encrypts with backend: wireguard; it has backend, mtu; encryption is an option of calico, cilium',
    ],
    [
      'cni: {name: flannel, options: {networkPolicy: true}}',
      'networkPolicy is an option of cilium, kube-router, weave; calico always enforces network policies',
    ],
    [
      'cni: {name: calico, options: {networkPolicy: false}}',
      'calico has no option "networkPolicy"; it always enforces network policies; it has install,',
    ],
    [
      'cni: {name: weave, podCIDR: "fd00::/56"}',
      'c.yaml:3:20: cni.podCIDR: has IPv6, which Weave Net does not know; give an IPv4 range alone',
    ],
    [
      'cni: {name: kube-router, options: {overlay: off, overlayEncap: fou}}',
      'cni.options.overlayEncap: is for tunnels; remove it, or set overlay to full or subnet',
    ],
    ['cni: {name: kube-router, options: {overlay: none}}', '"none" is not one of subnet, full, off'],
    ['cni: {name: manifest}', 'cni.manifest: is missing; name: manifest needs the path or URL'],
    ['cni: {manifest: key}', 'is only for name: manifest, not for flannel'],
    ['cni: {name: manifest, manifest: "http://x/y"}', 'a manifest from a URL needs its sha256'],
    ['cni: {name: manifest, manifest: "https://u:hidden@x/y"}', 'cni.manifest: is not a URL of this kind'],
    ['cni: {name: manifest, manifest: nowhere.yaml}', 'cannot read "nowhere.yaml": there is no such file'],
    ['cni: {name: manifest, manifest: .}', 'it is a directory'],
    ['verify: {minNodes: 3}', 'asks for 3 nodes, and there are 2 hosts; at most 2'],
    ['verify: {minNodes: 0}', '0 is too few'],
    ['verify: {minNodes: 1.5}', '1.5 is not a whole number'],
    ['verify: {checks: []}', 'is empty; give at least one'],
    ['verify: {keep: "yes"}', '"yes" is not true or false'],
    ['verify: {images: {nginx: "NGINX latest"}}', 'is not an image reference'],
    ['timeouts: {totalSec: -1}', '-1 is no time'],
    ['timeouts: {totalSec: 1e9}', 'is too long; at most 86400'],
    ['artifacts: {mirror: "ftp://x"}', 'is not a URL of this kind'],
    ['artifacts: {distribution: both}', '"both" is not one of auto, push, pull'],
    ['artifacts: {checksums: missing}', 'artifacts.checksums: cannot read "missing"'],
    ['artifacts: {versions: {runc: v1.2.3}}', 'is not a version'],
    ['registryMirrors: {"Docker IO": "http://x"}', 'the key is not the name of a registry'],
    ['registryMirrors: {docker.io: "http://u:p@x"}', 'registryMirrors.docker.io: is not a URL of this kind'],
    ['preflight: {ignore: swap}', '"swap" is not a list'],
    ['preflight: {}\npreflight: {}', 'c.yaml:4:1: the key is there twice'],
    ['provider: shh', 'did you mean ssh?'],
    ['nonsense: 1', 'unknown field nonsense; there are provider, name'],
    ['"a b": 1', 'c.yaml:3:1: unknown field; there are'],
  ])('%s', (line, message) => {
    expect(messageOf(base + line)).toContain(message);
  });

  it.each<[string, string]>([
    ['[]', 'hosts: there are none'],
    [
      '[{address: 10.0.0.1}]',
      'verify.minNodes: is 2 by default, and there is one host; add hosts, or set it to 1',
    ],
    ['[{address: a}, {address: A}]', 'hosts[1].address: A is that of hosts[0] too'],
    ['[{address: "::1"}, {address: "0:0::1"}]', 'hosts[1].address: 0:0::1 is that of hosts[0] too'],
    ['[{address: a, name: n}, {address: b, name: n}]', 'hosts[1].name: n is that of hosts[0] too'],
    ['[{address: a, role: worker}, {address: b}]', 'no host is a control plane'],
    ['[{address: a}, b]', 'hosts[1]: "b" is not a mapping of fields'],
    ['[{address: a}, {}]', 'hosts[1].address: is missing'],
    ['[{address: a, user: "x y"}, {address: b}]', 'is not a user name'],
    ['[{address: a, name: A_b}, {address: b}]', 'is not a node name'],
    ['[{address: a, hostKey: MD5}, {address: b}]', 'is not a host key fingerprint'],
    ['[{address: a, labels: {"-x": y}}, {address: b}]', 'the key is not a label key'],
    ['[{address: a, labels: {x: "y z"}}, {address: b}]', 'is not a label value'],
    ['[{address: a, taints: [{key: k, effect: Never}]}, {address: b}]', 'is not one of NoSchedule'],
    [
      '[{address: a}, {address: b, kubeletVersion: "1.35"}]',
      'hosts[1].kubeletVersion: "1.35" is not an exact',
    ],
    ['[{address: a}, {address: b, kubeletVersion: stable}]', 'write it like 1.35.8'],
    ['[{address: a, internalAddress: b}, {address: b}]', 'is not an IP address'],
    ['[{address: a, internalAddress: "fd00::1"}, {address: b}]', 'fd00::1 is IPv6, and cni.podCIDR'],
    ['[{address: a, internalAddress: "10.0.0.9,10.0.0.8"}, {address: b}]', 'has two of one IP family'],
    ['[{address: a, internalAddress: "10.0.0.9, b"}, {address: b}]', '"b" is not an IP address'],
    [
      '[{address: a, internalAddress: 10.0.0.9}, {address: b, internalAddress: 10.0.0.9}]',
      'hosts[1].internalAddress: 10.0.0.9 is that of hosts[0] too',
    ],
    ['[{address: a, internalAddress: 10.96.0.9}, {address: b}]', '10.96.0.9 lies in kubernetes.serviceCIDR'],
    ['[{address: a, keyFile: gone}, {address: b}]', 'hosts[0].keyFile: cannot read "gone"'],
    ['a', 'hosts: "a" is not a list'],
  ])('hosts: %s', (hosts, message) => {
    expect(messageOf(base.replace(/hosts: .*/, `hosts: ${hosts}`))).toContain(message);
  });

  it.each<[string, string]>([
    ['{knownHosts: known_hosts}', 'ssh.keyFile: there is no private key'],
    ['{keyFile: key, key: private, knownHosts: known_hosts}', 'ssh.keyFile: there is a key as well'],
    [
      '{keyFile: key}',
      'hosts[0].hostKey: nothing says which key 10.0.0.1 has; run ssh-keyscan -p 22 10.0.0.1 | ssh-keygen -lf -',
    ],
    ['{keyFile: key, bastion: {address: j}}', 'ssh.bastion.hostKey: nothing says which key j has'],
    ['{keyFile: key, hostKeyChecking: "off", port: 70000}', '70000 is not a port'],
    ['{keyFile: key, hostKeyChecking: accept-new}', 'no error'],
  ])('ssh: %s', (ssh, message) => {
    expect(messageOf(base.replace(/ssh: .*/, `ssh: ${ssh}`))).toContain(message);
  });

  it('accepts keys that hosts bring themselves', () => {
    const hosts = '[{address: a, keyFile: key}, {address: b, keyFile: key}]';
    const text = base
      .replace(/hosts: .*/, `hosts: ${hosts}`)
      .replace('keyFile: key, knownHosts', 'knownHosts');
    expect(messageOf(text)).toBe('no error');
    expect(messageOf(text.replace('s: known_hosts', 's: known_hosts, bastion: {address: j}'))).toContain(
      'no private key',
    );
  });

  it.each([
    'a;id',
    '$(id)',
    '-oProxyCommand=x',
    'a\nb',
    'fe80::1%x',
    '300.1.1.1',
    'a_b',
    'a..b',
    '',
    'a b',
    '[::1]',
  ])('refuses the address %j before anything connects', (address) => {
    expect(messageOf(base, { fields: { hosts: [{ address }, { address: 'b' }] } })).toContain(
      'is not an address',
    );
  });

  it.each<[string, string]>([
    ['a b', 'hosts, line 1: hosts[0]: "b" is not a setting of a host; one of: role, host-key, name'],
    ['a rol=worker\nb', 'did you mean role?'],
    ['a role=worker role=worker\nb role=control-plane', 'role is given twice'],
    ['$(id)\nb', '"$(id)" is not a host; write [user@]address[:port]'],
    ['@a\nb', '"@a" is not a host'],
    ['::1]:22\nb', 'is not a host'],
  ])('host line %j', (hostsText, message) => {
    expect(messageOf(base, { hostsText })).toContain(message);
  });

  it('never tell a secret, wherever it was put', () => {
    const secret = 'hunter2hunter2';
    const texts = [
      `ssh: ${secret}`,
      `ssh: {passphrase: [${secret}]}`,
      `ssh: {key: 1, passphrase: ${secret}, user: ${secret} x}`,
      `ssh: {sudoPassword: "${secret}`,
      `ssh: {keyFile: {${secret}: 1}}`,
      `ssh: {"${secret} x": 1}`,
      `ssh: {${secret}: 1}`,
      `ssh:\n  passphrase: ${secret}\n ${secret}: x`,
      `ssh: {passphrase: ${secret}}\nname: ${secret}!`,
    ];
    for (const text of texts) expect(messageOf(text)).not.toContain(secret);
    const fields = { ssh: { [secret]: 1 } } as SpecFields;
    expect(messageOf(base, { fields })).toContain('ssh: unknown field; there are');
    expect(() => load('ssh: {key: x}', { hostsText: 'a' })).toThrow(BootstrapError);
  });

  it('lists only the first ones of very many', () => {
    const lines = messageOf(Array.from({ length: 50 }, (_, i) => `k${String(i)}: 1`).join('\n')).split('\n');
    expect(lines).toHaveLength(32);
    expect(lines.at(-1)).toBe(' - and 22 more');
  });
});
