import type { Finding } from '../../report/model.ts';
import type { CniFacts } from '../cni.ts';
import { lackingFeatures, lackingResetTools } from '../host-needs.ts';

interface Choice {
  readonly backend: 'fastdp' | 'sleeve';
  /** Weaveworks' own last version, not the fork's. */
  readonly upstream: boolean;
}

/** What Weave Net needs of a host with these options, by its init script and its documentation. */
export function weavePreflight(facts: CniFacts, { backend, upstream }: Choice): readonly Finding[] {
  return [
    // Sets also without network policies: one of the node's own ranges keeps Services' clients known. By a dummy device
    // weaver sets its bridge's MTU, with every backend (net/bridge.go).
    ...lackingFeatures(facts, ['dummy', 'ip_set', 'ip_set_hash_ip', 'ip_set_hash_net', 'xt_set'], {
      what: 'Weave Net cannot start',
    }),
    ...(backend === 'fastdp' ? fastDatapath(facts) : []),
    ...iptables(facts, upstream),
    ...lackingResetTools(facts, { ipset: 'Weave Net’s IP sets' }),
  ];
}

/** Without Open vSwitch it does without; with it, but without VXLAN, it ends. */
function fastDatapath(facts: CniFacts): readonly Finding[] {
  if (facts.features.openvswitch === false) {
    return lackingFeatures(facts, ['openvswitch'], {
      what: 'Weave Net sends packets through user space instead, which is slow',
      severity: 'warning',
    });
  }
  return lackingFeatures(facts, ['vxlan'], {
    what: 'Weave Net’s fast datapath cannot start',
    hint: 'use a kernel with this module, or set cni.options backend: sleeve',
  });
}

/** Rules of the containers' iptables and the host's are only understood by both where these are alike. */
function iptables({ iptables: host }: CniFacts, upstream: boolean): readonly Finding[] {
  if (host === undefined) return [];
  const finding = { id: 'weave-iptables', severity: 'warning' } as const;
  if (!upstream && host.backend === 'legacy') {
    return [
      {
        ...finding,
        message:
          'iptables is the legacy variant here, and Weave Net 2.9.0 uses nft’s (rajch/weave issues 20, 24)',
        hint: 'switch the host to the nft variant (update-alternatives --set iptables /usr/sbin/iptables-nft)',
      },
    ];
  }
  if (upstream && host.backend === 'nft' && isAtLeast(host.version, [1, 8, 8])) {
    return [
      {
        ...finding,
        message: `iptables ${host.version} (nft) writes rules that Weave Net 2.8.1 cannot read (weaveworks/weave issue 3968)`,
        hint: 'choose cni.version 2.9.0',
      },
    ];
  }
  return [];
}

function isAtLeast(version: string, wanted: readonly number[]): boolean {
  const parts = version.split('.').map(Number);
  const index = wanted.findIndex((part, at) => (parts[at] ?? 0) !== part);
  return index === -1 || (parts[index] ?? 0) > (wanted[index] ?? 0);
}

/** What there is to say of the project, whatever the hosts are. */
export function weaveNotices({ upstream }: Pick<Choice, 'upstream'>): readonly Finding[] {
  const archived = 'Weaveworks’ Weave Net is archived and no longer maintained';
  return [
    {
      id: 'weave-archived',
      severity: 'warning',
      ...(upstream
        ? {
            message: `${archived}; 2.8.1 is known not to work where the host has iptables-nft 1.8.8 or newer`,
            hint: 'choose cni.version 2.9.0, of the fork rajch/weave, or another CNI',
          }
        : {
            message: `${archived}; 2.9.0, of December 2024, is the fork’s (rajch/weave)`,
            hint: 'choose another CNI for anything but tests of it',
          }),
    },
  ];
}
