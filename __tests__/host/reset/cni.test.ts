import { expect, test } from '@jest/globals';
import { cniNamed } from '../../../src/cni/index.ts';
import { removeCni } from '../../../src/host/reset/cni.ts';
import { fakeCluster } from '../../helpers/cluster.ts';
import { bootstrapFailure, quiet } from '../../helpers/failure.ts';
import { hostState } from '../../helpers/host-state.ts';

test('a CNI leaves the host’s interfaces, then goes with links and routes, then with its files', async () => {
  const { cluster, runner } = fakeCluster();
  runner.on('sh -c', '');
  const { before } = hostState();
  const options = { before, kubeProxy: false, ipvs: true, podCIDR: '10.42.0.0/16', signal: quiet };
  await removeCni(cluster.controlPlane, cniNamed('cilium').traces, options);
  const order = ['tc filter del', 'ip link delete', 'route flush root', '/etc/cni/net.d'];
  const positions = order.map((words) => runner.lines.findIndex((line) => line.includes(words)));
  expect(positions).toEqual([...positions].sort((a, b) => a - b));
  expect(positions).not.toContain(-1);
  const argumentsOf = (words: string) => runner.calls.find(({ line }) => line.includes(words))?.argv.slice(4);
  expect(argumentsOf('tc filter del')).toEqual(['cil_']);
  expect(argumentsOf('route flush root')).toEqual(['10.42.0.0/16', '100']);
  expect(argumentsOf('rm -rf --one-file-system')).toContain('/run/cilium');
});

test('a directory that was there before is emptied', async () => {
  const { cluster, runner } = fakeCluster();
  runner.on('sh -c', '');
  const before = { ...hostState().before, directories: { '/run/cilium': '750 0:7' } };
  const options = { before, kubeProxy: false, ipvs: true, podCIDR: '10.42.0.0/16', signal: quiet };
  await removeCni(cluster.controlPlane, cniNamed('cilium').traces, options);
  const removal = runner.calls.find(({ line }) => line.includes('rm -rf --one-file-system'));
  expect(removal?.options.input).toBe('/run/cilium 750 0:7\n');
  expect(removal?.argv.slice(4)).not.toContain('/run/cilium');
});

test('kernel values are put back that the CNI alone has set', async () => {
  const { cluster, runner } = fakeCluster();
  runner.on('sh -c', '');
  const sysctls = { 'net.ipv4.ip_forward': '0', 'net.ipv4.fib_multipath_use_neigh': '0' };
  const before = { ...hostState().before, sysctls };
  const options = { before, kubeProxy: false, ipvs: true, podCIDR: '10.42.0.0/16', signal: quiet };
  await removeCni(cluster.controlPlane, cniNamed('cilium').traces, options);
  const restored = runner.calls.find(({ line }) => line.includes('/proc/sys/'))?.options.input;
  expect(restored).toBe('net/ipv4/fib_multipath_use_neigh 0\n');
});

test('what is left of it is told, with what to do', async () => {
  const { cluster, runner } = fakeCluster();
  runner.on('sh -c', '').on(/for save in iptables-save/, 'link cilium_host\nprogram /sys/fs/bpf/cilium\n');
  const { before } = hostState();
  const options = { before, kubeProxy: false, ipvs: true, podCIDR: '10.42.0.0/16', signal: quiet };
  const removal = removeCni(cluster.controlPlane, cniNamed('cilium').traces, options);
  expect(await bootstrapFailure(removal)).toMatchObject({
    code: 'E_RESET',
    host: '10.0.0.1',
    message: 'the former CNI left something behind: link cilium_host, program /sys/fs/bpf/cilium',
    hint: expect.stringContaining('run `k8s-bootstrap up` again'),
  });
  const [looked] = runner.calls.filter(({ line }) => line.includes('for save in iptables-save'));
  // The node's own pods, processes and chains are there rightly.
  expect(looked?.line).not.toContain('kubepods');
  expect(looked?.argv[6]).toBe('CILIUM_|OLD_CILIUM_|CNI-');
});

const none = { links: [], routeTables: [], routeProtocols: [], ipvs: false };

test.each([
  ['that were not there before go, and kernel values for them', none, true, 1],
  ['that were there before stay', { ...none, ipvs: true }, true, 0],
  ['of which nobody knows stay', undefined, true, 0],
  ['that may be kube-proxy’s stay, and kernel values for them', none, false, 0],
])('virtual servers %s', async (_, network, ipvs, cleared) => {
  const { cluster, runner } = fakeCluster();
  runner.on('sh -c', '');
  const sysctls = { 'net.ipv4.vs.conntrack': '0', 'net.ipv4.conf.all.arp_ignore': '0' };
  const before = { ...hostState().before, sysctls, ...(network === undefined ? {} : { network }) };
  const options = { before, kubeProxy: false, ipvs, podCIDR: '10.42.0.0/16', signal: quiet };
  await removeCni(cluster.controlPlane, cniNamed('kube-router').traces, options);
  expect(runner.lines.filter((line) => line.endsWith('clear_servers k8s-bootstrap'))).toHaveLength(cleared);
  const restored = runner.calls.find(({ line }) => line.includes('/proc/sys/'))?.options.input;
  expect(restored).toBe(`${ipvs ? 'net/ipv4/vs/conntrack 0\n' : ''}net/ipv4/conf/all/arp_ignore 0\n`);
});
