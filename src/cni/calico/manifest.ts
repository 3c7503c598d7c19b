import { BootstrapError } from '../../lib/errors.ts';
import type { KubeObject } from '../../kube/objects.ts';
import { envVars, withContainer, withEnv, withPodSpec } from '../../kube/pod-template.ts';
import type { CniContext } from '../cni.ts';
import { apiEndpoint, felixConfiguration, ipPools } from './objects.ts';
import { choiceOf, hasBird, type Choice } from './options.ts';

/** The one of Calico's two manifests that runs BIRD or does not. */
export function manifestFile(choice: Choice): string {
  return hasBird(choice) ? 'calico.yaml' : 'calico-vxlan.yaml';
}

/**
 * The manifest's objects, wired to the spec.
 * @throws BootstrapError `E_CNI` for a manifest without what is to be changed.
 */
export function renderManifest(objects: readonly KubeObject[], context: CniContext): readonly KubeObject[] {
  const choice = choiceOf(context.spec);
  only(objects, 'ConfigMap', 'calico-config');
  only(objects, 'DaemonSet', AGENT);
  const wired = objects.map((object) => {
    const is = (kind: string, name: string): boolean => object.kind === kind && object.metadata.name === name;
    if (is('ConfigMap', 'calico-config')) return withConfig(object, choice);
    return is('DaemonSet', AGENT) ? withEnvironment(object, environmentOf(choice)) : object;
  });
  const endpoint = choice.kubeProxyReplacement ? [apiEndpoint(context, 'kube-system')] : [];
  return [...endpoint, felixConfiguration(choice), ...ipPools(choice), ...wired];
}

function only(objects: readonly KubeObject[], kind: string, name: string): void {
  const count = objects.filter((object) => object.kind === kind && object.metadata.name === name).length;
  if (count !== 1) throw unknown(`has ${count === 0 ? 'no' : String(count)} ${kind} ${name}`);
}

function unknown(what: string): BootstrapError {
  return new BootstrapError('E_CNI', `the Calico manifest ${what}`);
}

const AGENT = 'calico-node';
const IPAM = '"type": "calico-ipam"';

function withConfig(configMap: KubeObject, { mtu, v4, v6 }: Choice): KubeObject {
  const data = configMap['data'] as Readonly<Record<string, string>> | undefined;
  const network = data?.['cni_network_config'];
  // A template, no JSON: what is between underscores is filled in on the node.
  if (network?.includes(IPAM) !== true) throw unknown('has no calico-ipam in cni_network_config');
  const families = `${IPAM}, "assign_ipv4": "${String(v4 !== undefined)}", "assign_ipv6": "true"`;
  return {
    ...configMap,
    data: {
      ...data,
      ...(mtu === undefined ? {} : { veth_mtu: String(mtu) }),
      ...(v6 === undefined ? {} : { cni_network_config: network.replace(IPAM, families) }),
    },
  };
}

/** https://docs.tigera.io/calico/latest/reference/configure-calico-node */
function environmentOf({ mtu, kubeProxyReplacement, v4, v6 }: Choice): Environment {
  return {
    NO_DEFAULT_POOLS: 'true',
    ...(v4 === undefined ? { IP: 'none' } : { IP: 'autodetect', IP_AUTODETECTION_METHOD: DETECTION }),
    ...(v6 === undefined
      ? {}
      : { IP6: 'autodetect', IP6_AUTODETECTION_METHOD: DETECTION, FELIX_IPV6SUPPORT: 'true' }),
    // BIRD's id is an IPv4 address where there is one.
    ...(v4 === undefined ? { CALICO_ROUTER_ID: 'hash' } : {}),
    ...(v6 === undefined || mtu === undefined
      ? {}
      : { FELIX_VXLANMTUV6: String(mtu), FELIX_WIREGUARDMTUV6: String(mtu) }),
    ...(kubeProxyReplacement ? { FELIX_BPFENABLED: 'true' } : {}),
  };
}

/** By itself it takes the first interface that it finds. */
const DETECTION = 'kubernetes-internal-ip';

type Environment = Readonly<Record<string, string>>;

/** Sets variables of the agent's container, whatever it had for them. */
function withEnvironment(daemonSet: KubeObject, wanted: Environment): KubeObject {
  return withPodSpec(daemonSet, (pod) => {
    if (!pod.containers.some(({ name }) => name === AGENT)) throw unknown(`has no container ${AGENT}`);
    return withContainer(pod, AGENT, (container) => withEnv(container, envVars(wanted)));
  });
}
