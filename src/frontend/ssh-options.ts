import type { Option } from './option.ts';

/** How its hosts are reached. */
export const sshOptions: readonly Option[] = [
  {
    name: 'ssh-user',
    field: 'ssh.user',
    kind: 'text',
    placeholder: 'USER',
    description: 'User to log in as; root, or one that may use sudo. Default `root`.',
  },
  {
    name: 'ssh-port',
    field: 'ssh.port',
    kind: 'integer',
    placeholder: 'PORT',
    description: 'SSH port of the hosts. Default 22.',
  },
  {
    name: 'ssh-key',
    field: 'ssh.key',
    kind: 'text',
    placeholder: 'KEY',
    secretEnv: 'K8S_BOOTSTRAP_SSH_KEY',
    description: 'The private key itself, from a secret. Either this or `ssh-key-file`.',
  },
  {
    name: 'ssh-key-file',
    field: 'ssh.keyFile',
    kind: 'text',
    placeholder: 'PATH',
    description: 'Path of the private key.',
  },
  {
    name: 'ssh-key-passphrase',
    field: 'ssh.passphrase',
    kind: 'text',
    placeholder: 'TEXT',
    secretEnv: 'K8S_BOOTSTRAP_SSH_KEY_PASSPHRASE',
    description: 'Passphrase of the private key, from a secret.',
  },
  {
    name: 'ssh-known-hosts',
    field: 'ssh.knownHosts',
    kind: 'known-hosts',
    placeholder: 'PATH',
    flag: 'known-hosts',
    description: 'The hosts’ keys: lines of a known_hosts file, or its path.',
  },
  {
    name: 'ssh-host-key-checking',
    field: 'ssh.hostKeyChecking',
    kind: 'text',
    placeholder: 'MODE',
    description:
      '`strict`: only keys that are pinned; `accept-new`: trust the first key seen; `off`: trust any. Default `strict`.',
  },
  {
    name: 'ssh-bastion',
    field: 'ssh.bastion',
    kind: 'bastion',
    placeholder: 'BASTION',
    description: 'Jump host: `user@host:port`, and behind a space its key as `host-key=SHA256:…`.',
  },
  {
    name: 'sudo-password',
    field: 'ssh.sudoPassword',
    kind: 'text',
    placeholder: 'TEXT',
    secretEnv: 'K8S_BOOTSTRAP_SUDO_PASSWORD',
    description:
      'Password for sudo where the user needs one, from a secret. Passed through standard input only.',
  },
];
