import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { base, dir, load, messageOf } from './spec-helper.ts';

const kind = 'provider: kind\n';
const addresses = (text: string) => load(kind + text).hosts.map(({ address }) => address);

describe('nodes of provider kind', () => {
  it.each([
    ['', ['k8s-bootstrap-control-plane', 'k8s-bootstrap-worker', 'k8s-bootstrap-worker2']],
    ['name: c\nkind: {workers: 1}', ['c-control-plane', 'c-worker']],
    [
      'name: c\nkind: {controlPlanes: 3, workers: 0}',
      ['c-control-plane', 'c-control-plane2', 'c-control-plane3'],
    ],
    ['name: c\nkind: {controlPlanes: 2}', ['c-control-plane', 'c-control-plane2', 'c-worker', 'c-worker2']],
    ['name: c\nhosts: [{address: a}, {address: b}]', ['c-control-plane', 'c-worker']],
    [
      'name: c\nhosts: [{address: a}, {address: b}, {address: d}, {address: e}]\nkind: {controlPlanes: 2}',
      ['c-control-plane', 'c-control-plane2', 'c-worker', 'c-worker2', 'c-worker3'],
    ],
    [
      'name: c\nhosts: [{address: a, role: control-plane}, {address: b, role: control-plane}]\nkind: {workers: 1}',
      ['c-control-plane', 'c-control-plane2', 'c-worker'],
    ],
    [
      'name: c\nhosts: [{address: a}, {address: b, role: control-plane}, {address: d}]',
      ['c-worker', 'c-control-plane', 'c-worker2'],
    ],
    [
      'name: c\nhosts: [{address: a}, {address: b}]\nkind: {controlPlanes: 1, workers: 3}',
      ['c-control-plane', 'c-worker', 'c-worker2', 'c-worker3'],
    ],
  ])('of %j', (text, expected) => {
    expect(addresses(text)).toEqual(expected);
  });

  it('keep what is said of the hosts, but for how those are reached', () => {
    const hosts = `hosts:
  - {address: 10.0.0.1, name: cp, labels: {a: b}}
  - {address: 10.0.0.2, user: ops, port: 2222, keyFile: gone, taints: [{key: t, effect: NoExecute}]}
`;
    expect(load(kind + hosts).hosts).toEqual([
      {
        address: 'k8s-bootstrap-control-plane',
        role: 'control-plane',
        name: 'cp',
        user: 'root',
        port: 22,
        labels: { a: 'b' },
        taints: [],
      },
      {
        address: 'k8s-bootstrap-worker',
        role: 'worker',
        user: 'root',
        port: 22,
        labels: {},
        taints: [{ key: 't', effect: 'NoExecute' }],
      },
    ]);
  });

  it('leave no counts behind, which hosts have become', () => {
    const text = `${kind}kind: {controlPlanes: 2, workers: 1, nodeImage: n/n:v1.36.4, apiServerPort: 7443}`;
    expect(load(text).kind).toEqual({ nodeImage: 'n/n:v1.36.4', apiServerPort: 7443, portMappings: [] });
  });

  it.each([
    [
      'kind: {workers: 0}',
      'verify.minNodes: is 2 by default, and there is one host; add hosts, or set it to 1 if one node is meant',
    ],
    ['verify: {minNodes: 4}', 'verify.minNodes: asks for 4 nodes, and there are 3 hosts; at most 3'],
    ['kind: {workers: 0}\nverify: {minNodes: 1}', 'no error'],
    ['kind: {controlPlanes: 0}', 'kind.controlPlanes: 0 is too few; at least 1'],
    ['kind: {workers: -1}', 'kind.workers: -1 cannot be negative'],
    ['kind: {workers: 51}', 'kind.workers: 51 is too many; at most 50'],
    [
      'hosts: [{address: a, role: worker}, {address: b, role: worker}]',
      'hosts: no host is a control plane; give one role: control-plane',
    ],
    [
      'hosts: [{address: a, name: x}, {address: b, name: x}]',
      'hosts[1].name: x is that of hosts[0] too; remove one, or correct it',
    ],
    [
      'hosts: [{address: a}, {address: b, kubeletVersion: 1.35.8}]',
      'hosts[1].kubeletVersion: is not possible with provider kind, whose nodes have kubelet and kubeadm of one image; remove it, or use provider ssh',
    ],
    ['hosts: [{address: a}, {address: b, kubeletVersion: 1.35.8}]\nkind: {workers: 1}', 'no error'],
    [`name: ${'a'.repeat(45)}`, 'no error'],
    [`name: ${'a'.repeat(46)}`, 'name: is too long; at most 45 characters with provider kind'],
    [`name: ${'a'.repeat(40)}\nkind: {controlPlanes: 2}`, 'no error'],
    [
      `name: ${'a'.repeat(41)}\nkind: {controlPlanes: 2}`,
      'name: is too long; at most 40 characters with provider kind and several control planes',
    ],
  ])('are checked: %j', (text, message) => {
    expect(messageOf(kind + text)).toContain(message);
  });

  it('may have a long name where the hosts have names of their own', () => {
    expect(load(`name: ${'a'.repeat(63)}\n${base}`).name).toHaveLength(63);
  });
});

describe('what is only of machines', () => {
  it('is not asked for: keys, host keys, and files that are named but not there', () => {
    const ssh = 'ssh: {keyFile: gone, knownHosts: gone, bastion: {address: j, keyFile: gone}}\n';
    expect(messageOf(kind)).toBe('no error');
    expect(messageOf(kind + ssh)).toBe('no error');
    expect(messageOf(ssh + 'hosts: [{address: a}, {address: b}]')).toContain('there is no such file');
    expect(messageOf('hosts: [{address: a}, {address: b}]')).toContain('there is no private key');
  });

  it('may stay in the file: it makes the same cluster with both providers', () => {
    const text = `${base}name: both
kubernetes: {version: 1.36.4, serviceCIDR: 10.97.0.0/16}
cni: {podCIDR: 10.245.0.0/16}
kind: {portMappings: [{hostPort: 8080, containerPort: 80}]}
`;
    const over = (provider: 'ssh' | 'kind') => load(text, { fields: { provider } });
    const [ssh, docker] = [over('ssh'), over('kind')];
    expect({ ...docker, provider: '', hosts: [] }).toEqual({ ...ssh, provider: '', hosts: [] });
    expect(docker.hosts.map(({ role }) => role)).toEqual(ssh.hosts.map(({ role }) => role));
    expect(ssh.hosts[0]?.address).toBe('10.0.0.1');
    expect(docker.hosts[0]?.address).toBe('both-control-plane');
  });

  it('an address of a host in the ranges of the cluster is of no meaning', () => {
    const text = 'hosts: [{address: 10.244.0.1}, {address: 10.244.0.2}]\n';
    expect(messageOf(kind + text)).toBe('no error');
  });
});

describe('images', () => {
  writeFileSync(join(dir, 'app.tar'), 'a tar');

  it('are names in Docker, as they are, or tars, with their whole paths', () => {
    const images = '[app, ghcr.io/me/app:1.2, app.tar, ./app.tar, ~/app.tar, "localhost:5000/a"]';
    expect(load(`${base}images: ${images}`).images).toEqual([
      'app',
      'ghcr.io/me/app:1.2',
      `${dir}/app.tar`,
      `${dir}/app.tar`,
      `${dir}/app.tar`,
      'localhost:5000/a',
    ]);
  });

  it.each([
    ['App', 'is neither an image in Docker ([registry/]name[:tag]) nor the path of a tar (*.tar)'],
    ['a b', 'is neither an image'],
    ['"--all"', 'is neither an image'],
    ['""', 'is neither an image'],
    ['app@sha256:abc', 'is neither an image'],
    ['gone.tar', 'cannot read "gone.tar": there is no such file; correct the path'],
    ['./', 'it is a directory'],
  ])('%s is refused', (image, what) => {
    const message = messageOf(`${base}images: [app, ${image}]`);
    expect(message).toContain('images[1]: ');
    expect(message).toContain(what);
  });
});

describe('an image with a digest, which gets lost on the way to the nodes,', () => {
  const name = `localhost:5000/a:1@sha256:${'a'.repeat(64)}`;

  it.each([
    ['ssh', base],
    ['kind', kind],
  ])('is refused with provider %s', (_provider, file) => {
    const message = messageOf(`${file}images: ["${name}"]`);
    expect(message).toContain('images[0]: ');
    expect(message).toContain('has a digest, under which nodes would not find it');
    expect(message).toContain('give it as name:tag');
    expect(message).not.toContain('neither');
  });

  it('is none where it is the path of a tar', () => {
    expect(messageOf(`${base}images: ["./a@sha256:b.tar"]`)).toContain('there is no such file');
  });
});

describe('port mappings', () => {
  const mapped = (text: string) => `${kind}kind: {portMappings: [{${text}}]}`;

  it('are of this machine alone, and TCP, unless said otherwise', () => {
    expect(load(mapped('hostPort: 8080, containerPort: 30080')).kind.portMappings).toEqual([
      { hostPort: 8080, containerPort: 30_080, listenAddress: '127.0.0.1', protocol: 'TCP' },
    ]);
    const all = 'hostPort: 53, containerPort: 53, listenAddress: "::", protocol: UDP';
    expect(load(mapped(all)).kind.portMappings).toEqual([
      { hostPort: 53, containerPort: 53, listenAddress: '::', protocol: 'UDP' },
    ]);
  });

  it.each([
    ['hostPort: 0, containerPort: 80', 'hostPort: 0 is not a port'],
    ['hostPort: 80, containerPort: 65536', 'containerPort: 65536 is not a port'],
    ['hostPort: 80', 'containerPort'],
    [
      'hostPort: 80, containerPort: 80, listenAddress: localhost',
      'listenAddress: "localhost" is not an IP address',
    ],
    ['hostPort: 80, containerPort: 80, protocol: tcp', 'protocol'],
    ['hostPort: 80, containerPort: 80, host: a', 'host'],
  ])('%s is refused', (text, what) => {
    expect(messageOf(mapped(text))).toContain(`kind.portMappings[0].${what}`);
  });
});

it('a provider that is not there is refused', () => {
  expect(messageOf(`provider: docker\n${base}`)).toContain('provider');
});
