import type { KernelFeature } from '../../host/kernel-features.ts';
import type { Finding } from '../../report/model.ts';
import type { ClusterSpec } from '../../spec/cluster-spec.ts';
import { rangesOf } from '../../lib/ip.ts';
import type { CniFacts } from '../cni.ts';
import { cloudIpip, cloudRoutes, lackingFeatures, lackingResetTools } from '../host-needs.ts';

interface Choice {
  readonly overlay: 'subnet' | 'full' | 'off';
  readonly overlayEncap: 'ipip' | 'fou';
  readonly kubeProxyReplacement: boolean;
}

/** What kube-router needs of a host with these options, by its documentation's troubleshooting and its source. */
export function kubeRouterPreflight(facts: CniFacts, spec: ClusterSpec, choice: Choice): readonly Finding[] {
  const { overlay, kubeProxyReplacement } = choice;
  return [
    ...lackingFeatures(facts, ['ip_set', 'ip_set_hash_ip', 'ip_set_hash_net', 'xt_set'], {
      what: 'kube-router cannot start',
    }),
    ...(overlay === 'off' ? [] : tunnels(facts, spec, choice)),
    ...(kubeProxyReplacement
      ? lackingFeatures(facts, ['ip_vs', 'ip_vs_rr', 'xt_ipvs', 'dummy'], {
          what: 'kube-router cannot do kube-proxy’s work',
          hint: 'use a kernel with these modules, or leave kube-proxy to it (kubeProxyReplacement: false)',
        })
      : []),
    ...cloud(facts, choice),
    ...lackingResetTools(facts, {
      ipset: 'kube-router’s IP sets',
      ...(kubeProxyReplacement && !clearsServers(facts)
        ? { ipvsadm: 'virtual servers, if its pod is not running by then,' }
        : {}),
    }),
  ];
}

/** What else a reset can do it with. */
function clearsServers({ tools }: CniFacts): boolean {
  return tools.includes('perl') || tools.includes('python3');
}

/** With `subnet` there may be no tunnel at all, of which one host alone knows nothing. */
function tunnels(
  facts: CniFacts,
  { cni }: ClusterSpec,
  { overlay, overlayEncap }: Choice,
): readonly Finding[] {
  const features = rangesOf(cni.podCIDR).families.flatMap((family): readonly KernelFeature[] => {
    const [tunnel, fou] = family === 6 ? (['ip6_tunnel', 'fou6'] as const) : (['ipip', 'fou'] as const);
    return overlayEncap === 'fou' ? [tunnel, fou] : [tunnel];
  });
  return lackingFeatures(facts, features, {
    what:
      overlay === 'full'
        ? 'nodes cannot reach each other’s pods'
        : 'nodes in other subnets cannot be reached',
    severity: overlay === 'full' ? 'error' : 'warning',
  });
}

function cloud(facts: CniFacts, { overlay, overlayEncap }: Choice): readonly Finding[] {
  const fou = 'overlay: full and overlayEncap: fou';
  if (overlay !== 'full') return cloudRoutes(facts, facts.cloud === 'azure' ? fou : 'overlay: full');
  if (overlayEncap === 'fou') return [];
  return cloudIpip(facts, { severity: 'warning', hint: `set cni.options ${fou}` });
}
