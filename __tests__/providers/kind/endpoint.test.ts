import { describe, expect, test } from '@jest/globals';
import { labels, publishedEndpoint, type Container } from '../../../src/providers/kind/inventory.ts';

const on = (HostIp: string, HostPort = '40001') => [{ HostIp, HostPort }];
const container = (role: string, Ports: Container['NetworkSettings']['Ports']): Container => ({
  Id: role,
  Name: `/${role}`,
  State: { Running: true },
  Config: { Labels: { [labels.role]: role } },
  NetworkSettings: { Ports },
});
const worker = container('worker', { '6443/tcp': on('9.9.9.9') });

describe('publishedEndpoint', () => {
  test.each([
    ['127.0.0.1', '127.0.0.1:40001'],
    ['0.0.0.0', '127.0.0.1:40001'],
    ['::', '127.0.0.1:40001'],
    ['', '127.0.0.1:40001'],
    ['192.0.2.1', '192.0.2.1:40001'],
    ['::1', '[::1]:40001'],
  ])('of %j is %s', (HostIp, endpoint) => {
    const plane = container('control-plane', { '80/tcp': on('8.8.8.8'), '6443/tcp': on(HostIp) });
    expect(publishedEndpoint([worker, plane])).toBe(endpoint);
  });

  test('is the load balancer’s where there is one', () => {
    const plane = container('control-plane', { '6443/tcp': on('127.0.0.1') });
    const balancer = container('external-load-balancer', { '6443/tcp': on('127.0.0.1', '45000') });
    expect(publishedEndpoint([plane, balancer])).toBe('127.0.0.1:45000');
  });

  test.each<[string, readonly Container[]]>([
    ['nothing runs', []],
    ['no port is told', [worker, container('control-plane', null)]],
    ['none is published', [container('control-plane', { '6443/tcp': null, '80/tcp': on('127.0.0.1') })]],
  ])('is undefined while %s', (_name, containers) => {
    expect(publishedEndpoint(containers)).toBeUndefined();
  });
});
