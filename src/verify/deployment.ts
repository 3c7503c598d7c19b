import type { Kubectl } from '../kube/kubectl.ts';
import type { KubeObject } from '../kube/objects.ts';
import type { ClusterSpec } from '../spec/cluster-spec.ts';
import { rangesOf, type Family } from '../lib/ip.ts';

export const NAMESPACE = 'k8s-bootstrap-verify';
export const NAME = 'nginx';
export const SELECTOR = `app=${NAME}`;
/** Container with busybox's tools, from which the probes go out. */
export const CLIENT = 'client';

/** Answers every request with the name of the pod, so that a probe knows who answered. */
const nginxConfig = (families: readonly Family[]): string => `pid /tmp/nginx.pid;
error_log /dev/stderr warn;
events {}
http {
  access_log off;
  server {
${families.map((family) => `    listen ${family === 4 ? '80' : '[::]:80'};\n`).join('')}    location / { default_type text/plain; return 200 "$hostname\\n"; }
  }
}
`;

/** Makes the verification's namespace anew with nginx in it, of no pods yet: `scaleProbes` is what starts them. */
export async function deployProbes(
  kubectl: Kubectl,
  spec: ClusterSpec,
  options: { signal: AbortSignal },
): Promise<void> {
  await awaitRemoval(kubectl, options);
  await kubectl.apply(probeObjects(spec), options);
}

/** A namespace that an earlier run removed takes no objects until it is gone. */
async function awaitRemoval(kubectl: Kubectl, options: { signal: AbortSignal }): Promise<void> {
  const phase = ['get', 'namespace', NAMESPACE, '--ignore-not-found', '-o', 'jsonpath={.status.phase}'];
  const { stdout } = await kubectl.run(phase, options);
  if (stdout !== 'Terminating') return;
  await kubectl.run(['wait', `namespace/${NAMESPACE}`, '--for=delete', '--timeout=90s'], {
    ...options,
    accept: 'any',
  });
}

export async function scaleProbes(
  kubectl: Kubectl,
  replicas: number,
  options: { signal: AbortSignal },
): Promise<void> {
  await kubectl.run(
    ['-n', NAMESPACE, 'scale', `deployment/${NAME}`, `--replicas=${String(replicas)}`],
    options,
  );
}

/** Deletes the namespace; its end is not waited for. */
export async function removeProbes(kubectl: Kubectl, options: { signal: AbortSignal }): Promise<void> {
  await kubectl.run(['delete', 'namespace', NAMESPACE, '--ignore-not-found', '--wait=false'], options);
}

export function probeObjects({ cni, verify }: ClusterSpec): readonly KubeObject[] {
  const labels = { app: NAME };
  const { families } = rangesOf(cni.podCIDR);
  const metadata = { name: NAME, namespace: NAMESPACE, labels };
  return [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: NAMESPACE } },
    {
      apiVersion: 'v1',
      kind: 'ConfigMap',
      metadata,
      data: { 'nginx.conf': nginxConfig(families) },
    },
    {
      apiVersion: 'v1',
      kind: 'Service',
      metadata,
      spec: {
        selector: labels,
        ports: [{ port: 80, targetPort: 80 }],
        // By itself it has an address of the primary family alone.
        ...(families.length > 1 ? { ipFamilyPolicy: 'RequireDualStack' } : {}),
      },
    },
    {
      apiVersion: 'apps/v1',
      kind: 'Deployment',
      metadata,
      spec: {
        // A pod that a Ready node gets before its CNI is up fails, and its kubelet tries again only 10 to 15 s later.
        replicas: 0,
        // A new pod could not be scheduled beside an old one.
        strategy: { type: 'Recreate' },
        selector: { matchLabels: labels },
        template: { metadata: { labels }, spec: podSpec(labels, verify.images) },
      },
    },
  ];
}

function podSpec(
  labels: Record<string, string>,
  images: ClusterSpec['verify']['images'],
): Record<string, unknown> {
  return {
    // Each on a node of its own: a spread constraint alone lets all of them land on the first node that is Ready.
    affinity: {
      podAntiAffinity: {
        requiredDuringSchedulingIgnoredDuringExecution: [
          { labelSelector: { matchLabels: labels }, topologyKey: 'kubernetes.io/hostname' },
        ],
      },
    },
    // The network has to work on control planes as well.
    tolerations: [{ key: 'node-role.kubernetes.io/control-plane', operator: 'Exists', effect: 'NoSchedule' }],
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: 0,
    containers: [
      {
        name: NAME,
        image: images.nginx,
        imagePullPolicy: 'IfNotPresent',
        command: ['nginx', '-c', '/etc/k8s-bootstrap/nginx.conf', '-g', 'daemon off;'],
        ports: [{ containerPort: 80 }],
        readinessProbe: { httpGet: { path: '/', port: 80 }, periodSeconds: 1, failureThreshold: 3 },
        volumeMounts: [{ name: 'config', mountPath: '/etc/k8s-bootstrap' }],
      },
      {
        name: CLIENT,
        image: images.client,
        imagePullPolicy: 'IfNotPresent',
        command: ['sh', '-c', 'trap exit TERM; tail -f /dev/null & wait'],
      },
    ],
    volumes: [{ name: 'config', configMap: { name: NAME } }],
  };
}
