import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import type { OptionKind } from '../../src/frontend/option.ts';
import { parseValue } from '../../src/frontend/parse-value.ts';
import { toSpecSource } from '../../src/frontend/spec-source.ts';

const source = (values: Record<string, string>, file = '') =>
  toSpecSource({
    file,
    hosts: '',
    text: (option) => values[option.name] ?? '',
    label: (option) => option.name,
    env: {},
  });

describe('parseValue', () => {
  test.each<[OptionKind, string, unknown]>([
    ['text', 'x', 'x'],
    ['integer', '22', 22],
    ['seconds', '900', 900],
    ['seconds', '15m', 900],
    ['seconds', '1h30m', 5_400],
    ['list', 'a, b\nc', ['a', 'b', 'c']],
    [
      'map',
      'docker.io=http://m\nquay.io=https://n/a=b',
      { 'docker.io': 'http://m', 'quay.io': 'https://n/a=b' },
    ],
    ['yaml', '- kind: KubeletConfiguration', [{ kind: 'KubeletConfiguration' }]],
    ['known-hosts', '/etc/ssh/known_hosts', '/etc/ssh/known_hosts'],
    ['bastion', 'jump', { address: 'jump' }],
    [
      'bastion',
      'me@jump:2222 host-key=SHA256:abc=',
      { user: 'me', address: 'jump', port: 2222, hostKey: 'SHA256:abc=' },
    ],
    ['bastion', 'me@[fd00::1]:22 key-file=/k', { user: 'me', address: 'fd00::1', port: 22, keyFile: '/k' }],
    ['ports', '8080:30080', [{ hostPort: 8080, containerPort: 30_080 }]],
    [
      'ports',
      '0.0.0.0:80:30080/TCP\n[::1]:53:30053/udp, 1:2/sctp',
      [
        { hostPort: 80, containerPort: 30_080, listenAddress: '0.0.0.0', protocol: 'TCP' },
        { hostPort: 53, containerPort: 30_053, listenAddress: '::1', protocol: 'UDP' },
        { hostPort: 1, containerPort: 2, protocol: 'SCTP' },
      ],
    ],
  ])('%s %j', (kind, text, value) => {
    expect(parseValue(kind, text, 'it')).toEqual({ value });
  });

  test.each<[OptionKind, string]>([
    ['integer', '2x'],
    ['seconds', '15 minutes'],
    ['seconds', '0'],
    ['map', 'docker.io'],
    ['map', 'docker.io='],
    ['yaml', '{a'],
    ['yaml', 'a: &x 1\nb: *x'],
    ['bastion', 'a@b@c'],
    ['bastion', 'jump color=red'],
    ['bastion', 'jump =x'],
    ['ports', '8080'],
    ['ports', '8080:'],
    ['ports', ':80:80'],
    ['ports', '::1:80:80'],
    ['ports', 'localhost:80:80'],
    ['ports', '80:80/icmp'],
    ['ports', '80:80:80:80'],
    ['ports', '123456:80'],
    ['ports', '8080:30080 x'],
  ])('%s %j is refused', (kind, text) => {
    expect(() => parseValue(kind, text, 'it')).toThrow(
      expect.objectContaining({ code: 'E_USAGE', where: 'it' }),
    );
  });

  test('known hosts may be given as they are', () => {
    const value = '10.0.0.1 ssh-ed25519 AAAA';
    expect(parseValue('known-hosts', value, 'it')).toEqual({ field: 'ssh.knownHostsText', value });
  });
});

describe('toSpecSource', () => {
  test('has only what was given', () => {
    expect(source({})).toEqual({ fields: {}, env: {} });
  });

  test('nodes in Docker, and images for them', () => {
    const given = {
      provider: 'kind',
      'control-planes': '3',
      workers: '0',
      'node-image': 'n/n:v1.36.4',
      'port-mappings': '80:30080',
      images: 'app:1, ./b.tar\nc',
    };
    expect(source(given).fields).toEqual({
      provider: 'kind',
      kind: {
        controlPlanes: 3,
        workers: 0,
        nodeImage: 'n/n:v1.36.4',
        portMappings: [{ hostPort: 80, containerPort: 30_080 }],
      },
      images: ['app:1', './b.tar', 'c'],
    });
    expect(() => source({ workers: 'two' })).toThrow(
      expect.objectContaining({ code: 'E_USAGE', where: 'workers' }),
    );
  });

  test('a manifest implies the CNI of that name, unless one is named', () => {
    expect(source({ 'cni-manifest': 'm.yaml' }).fields).toEqual({
      cni: { manifest: 'm.yaml', name: 'manifest' },
    });
    expect(source({ 'cni-manifest': 'm.yaml', cni: 'x' }).fields).toEqual({
      cni: { manifest: 'm.yaml', name: 'x' },
    });
  });

  test('refuses an enormous cluster file', () => {
    const dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-'));
    writeFileSync(join(dir, 'c.yaml'), '#'.repeat(1_000_001));
    expect(() => source({}, join(dir, 'c.yaml'))).toThrow(expect.objectContaining({ code: 'E_SPEC' }));
    rmSync(dir, { recursive: true });
  });
});
