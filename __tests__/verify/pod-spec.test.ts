import { describe, expect, test } from '@jest/globals';
import { probeObjects } from '../../src/verify/deployment.ts';
import { fakeSpec } from '../helpers/cluster.ts';

interface Deployment {
  readonly spec: {
    readonly replicas: number;
    readonly selector: { readonly matchLabels: object };
    readonly template: {
      readonly metadata: { readonly labels: object };
      readonly spec: {
        readonly affinity: { readonly podAntiAffinity: Readonly<Record<string, readonly object[]>> };
        readonly tolerations: readonly object[];
        readonly containers: readonly { readonly name: string; readonly imagePullPolicy: string }[];
        readonly volumes: readonly { readonly configMap: object }[];
      };
    };
  };
}

function nginxConfigWith(podCIDR: string): string {
  const spec = fakeSpec();
  const [, configMap] = probeObjects({ ...spec, cni: { ...spec.cni, podCIDR } });
  return (configMap?.['data'] as Record<string, string>)['nginx.conf'] ?? '';
}

describe('the pods of the verification', () => {
  const [, configMap, service, deployment] = probeObjects(fakeSpec());
  const { spec } = deployment as unknown as Deployment;
  const pod = spec.template.spec;

  test('are none until the network is up, and those that the selectors mean', () => {
    expect(spec.replicas).toBe(0);
    expect(spec.template.metadata.labels).toEqual({ app: 'nginx' });
    expect(spec.selector.matchLabels).toEqual({ app: 'nginx' });
    expect(service?.['spec']).toEqual({ selector: { app: 'nginx' }, ports: [{ port: 80, targetPort: 80 }] });
  });

  test('have a Service of both families where they are', () => {
    const spec = fakeSpec();
    const cni = { ...spec.cni, podCIDR: '10.244.0.0/16,fd00:10::/56' };
    expect(probeObjects({ ...spec, cni })[2]?.['spec']).toMatchObject({ ipFamilyPolicy: 'RequireDualStack' });
  });

  test('never share a node: their anti-affinity is required, not preferred', () => {
    expect(pod.affinity.podAntiAffinity).toEqual({
      requiredDuringSchedulingIgnoredDuringExecution: [
        { labelSelector: { matchLabels: { app: 'nginx' } }, topologyKey: 'kubernetes.io/hostname' },
      ],
    });
  });

  test('tolerate control planes and nothing else', () => {
    expect(pod.tolerations).toEqual([
      { key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' },
    ]);
  });

  test('use the images that were pulled before', () => {
    expect(pod.containers.map(({ name, imagePullPolicy }) => `${name} ${imagePullPolicy}`)).toEqual([
      'nginx IfNotPresent',
      'client IfNotPresent',
    ]);
  });

  test('answer with their own name, in the family of the pods’ addresses', () => {
    expect(pod.volumes).toEqual([{ name: 'config', configMap: { name: configMap?.metadata.name } }]);
    const config = nginxConfigWith('10.244.0.0/16');
    expect(config).toContain('return 200 "$hostname\\n";');
    expect(config).toMatch(/^\s+listen 80;$/m);
    expect(nginxConfigWith('fd00:10::/56')).toMatch(/^\s+listen \[::\]:80;$/m);
    expect(nginxConfigWith('10.244.0.0/16,fd00:10::/56')).toMatch(/^ +listen 80;\n +listen \[::\]:80;$/m);
  });
});
