import * as z from 'zod';
import { address, fingerprint, path, port, secret, user } from './text.ts';

const bastion = z
  .strictObject({
    address: address.describe('IP address or DNS name.'),
    user: user.exactOptional().describe('Default: `ssh.user`.'),
    port: port.default(22),
    keyFile: path.exactOptional().describe('Private key. Default: the one of `ssh`.'),
    hostKey: fingerprint.exactOptional().describe('Fingerprint of its host key.'),
  })
  .meta({ title: 'Bastion', description: 'Jump host through which all hosts are reached.' });

export const ssh = z
  .strictObject({
    user: user.default('root').describe('User to log in as; root, or one who may use sudo.'),
    port: port.default(22).describe('Port of the SSH server.'),
    keyFile: path.exactOptional().describe('Path of the private key.'),
    key: secret.exactOptional().describe('The private key itself. A secret: better not in a file.'),
    passphrase: secret.exactOptional().describe('Passphrase of the private key. A secret.'),
    sudoPassword: secret.exactOptional().describe('Password for sudo where it asks for one. A secret.'),
    knownHosts: path.exactOptional().describe('Path of a known_hosts file.'),
    knownHostsText: secret.exactOptional().describe('Lines of a known_hosts file.'),
    hostKeyChecking: z
      .enum(['strict', 'accept-new', 'off'])
      .default('strict')
      .describe('`strict`: pinned host keys only; `accept-new` trusts the first key seen; `off` trusts any.'),
    bastion: bastion.exactOptional(),
  })
  .meta({ title: 'SSH' });
