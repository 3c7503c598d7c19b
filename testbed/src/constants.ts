/** The one network of the bed. Nothing else is ever contacted at run time. */
export const network = {
  name: 'k8s-bootstrap-testbed',
  /** Of the machine, at most 15 characters. */
  bridge: 'k8s-testbed0',
  subnet: '10.89.37.0/24',
  services: '10.89.37.2',
  hostAddress: (index: number): string => `10.89.37.${String(10 + index)}`,
  /** Where the machine has IPv6: hosts have an address of either family. */
  subnet6: 'fd89:37::/64',
  hostAddress6: (index: number): string => `fd89:37::${String(10 + index)}`,
};

export const maxHosts = 40;

export const label = 'k8s-bootstrap.testbed=1';
export const roleLabel = (role: 'host' | 'services'): string => `k8s-bootstrap.testbed.role=${role}`;
export const contentLabel = (key: string): string => `k8s-bootstrap.testbed.content=${key}`;

export const containerName = (short: string): string => `k8s-bootstrap-testbed-${short}`;
export const engineImage = (name: string, key: string): string =>
  `k8s-bootstrap-testbed/${name}:${key.slice(0, 16)}`;

export const hostUsers = ['root', 'ops', 'plain', 'askpass'] as const;
export const mirrorUrl = `http://${network.services}`;
export const registryAddress = `${network.services}:5000`;
