import { describe, expect, test } from '@jest/globals';
import { calico } from '../../../src/cni/calico.ts';
import { rulePattern } from '../../../src/host/reset/iptables.ts';
import { removable } from '../../../src/host/reset/traces.ts';

describe('of rules in the host’s own chains', () => {
  const before = { links: [], routeTables: [], routeProtocols: [], ipvs: false };
  const isOurs = new RegExp(rulePattern(removable([calico.traces], before)));

  // As Calico 3.32.1 left them on a host with iptables-nft.
  test.each([
    '-A FORWARD -m comment --comment "cali:S93hcgKJrXEqnTfs" -m comment --comment "Policy explicitly accepted packet." -m mark --mark 0x10000/0x10000 -j ACCEPT',
    '-A FORWARD -m comment --comment "cali:mp77cMpurHhyjLrM" -j MARK --set-xmark 0x10000/0x10000',
  ])('what Felix let pass is Calico’s: %s', (rule) => {
    expect(rule).toMatch(isOurs);
  });

  test.each(['-A FORWARD -m comment --comment "for calico" -j ACCEPT', '-A FORWARD -o eth0 -j ACCEPT'])(
    'what only mentions it is not: %s',
    (rule) => {
      expect(rule).not.toMatch(isOurs);
    },
  );
});
