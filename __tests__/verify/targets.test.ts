import { describe, expect, test } from '@jest/globals';
import { dns } from '../../src/verify/dns.ts';
import { nginxAnswers } from '../../src/verify/nginx-answers.ts';
import { service } from '../../src/verify/service.ts';
import { placement, verifyContext } from '../helpers/verify-context.ts';

const urlsOf = (runner: ReturnType<typeof verifyContext>['runner']) =>
  runner.calls
    .filter(({ argv }) => argv.includes('exec'))
    .map(({ argv }) => argv.filter((word) => word.startsWith('http:')));

describe('what the checks ask for', () => {
  test('nginx-answers: every pod by its IP, from every pod', async () => {
    const pods = [placement('n1', ['fd00::1']), placement('n2', ['fd00::2'])];
    const { context, runner } = verifyContext(pods, { podCIDR: 'fd00::/56' });
    runner.on(/ exec /, '0 0 nginx-n1\n1 0 nginx-n2\n');
    expect(await nginxAnswers.observe(context)).toMatchObject({ status: 'pass' });
    expect(urlsOf(runner)).toEqual(Array(2).fill(['http://[fd00::1]/', 'http://[fd00::2]/']));
  });

  test('nginx-answers: with dual stack by both IPs, apart for people', async () => {
    const podCIDR = '10.244.0.0/16,fd00::/56';
    const { context, runner } = verifyContext([placement('n1', ['10.244.0.1', 'fd00::1'])], { podCIDR });
    runner.on(/ exec /, '0 0 nginx-n1\n1 1 refused\n');
    const { status, probes } = await nginxAnswers.observe(context);
    expect(status).toBe('fail');
    expect(probes?.map((probe) => [probe.to, probe.status])).toEqual([
      ['n1 (IPv4)', 'pass'],
      ['n1 (IPv6)', 'fail'],
    ]);
    expect(urlsOf(runner)).toEqual([['http://10.244.0.1/', 'http://[fd00::1]/']]);
  });

  test('nginx-answers: not at addresses of a family that nobody asked for', async () => {
    const { context, runner } = verifyContext([placement('n1', ['10.244.0.1', 'fd00::1'])]);
    runner.on(/ exec /, '0 0 nginx-n1\n');
    expect(await nginxAnswers.observe(context)).toMatchObject({
      status: 'pass',
      observed: '1 of 1 answered',
    });
    expect(urlsOf(runner)).toEqual([['http://10.244.0.1/']]);
  });

  test('service: all of its ClusterIPs', async () => {
    const { context, runner } = verifyContext([placement('n1')]);
    runner
      .on(/ get .*service nginx /, '{"spec":{"clusterIPs":["10.96.7.7","fd00:96::7"]}}')
      .on(/ exec /, '0 0 nginx-n1\n1 0 nginx-n1\n');
    expect(await service.observe(context)).toMatchObject({ status: 'pass', observed: '2 of 2 answered' });
    expect(urlsOf(runner)).toEqual([['http://10.96.7.7/', 'http://[fd00:96::7]/']]);
  });

  test('service: the ClusterIP, answered by any of the pods', async () => {
    const { context, runner } = verifyContext();
    runner
      .on(/ get .*service nginx /, '{"spec":{"clusterIPs":["10.96.7.7"]}}')
      .on(/ exec /, '0 0 nginx-n2\n');
    expect(await service.observe(context)).toMatchObject({ status: 'pass', observed: '2 of 2 answered' });
    expect(urlsOf(runner)).toEqual(Array(2).fill(['http://10.96.7.7/']));
  });

  test('service: answered by a pod that is none of ours fails', async () => {
    const { context, runner } = verifyContext();
    runner
      .on(/ get .*service nginx /, '{"spec":{"clusterIPs":["10.96.7.7"]}}')
      .on(/ exec /, '0 0 nginx-n3\n');
    expect(await service.observe(context)).toMatchObject({ status: 'fail' });
  });

  test('dns: the full name in the cluster’s domain, once CoreDNS is rolled out', async () => {
    const { context, runner } = verifyContext();
    runner.on(/ rollout status deployment\/coredns /, '').on(/ exec /, '0 0 nginx-n1\n');
    expect(await dns.observe(context)).toMatchObject({ status: 'pass' });
    expect(urlsOf(runner)[0]).toEqual(['http://nginx.k8s-bootstrap-verify.svc.cluster.local/']);
  });

  test('dns: fails without asking while CoreDNS is not ready', async () => {
    const { context, runner } = verifyContext();
    runner.on(/ rollout status /, { exitCode: 1 });
    expect(await dns.observe(context)).toMatchObject({ status: 'fail', observed: 'CoreDNS is not ready' });
    expect(urlsOf(runner)).toEqual([]);
  });
});
