import { mkdirSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { describe, expect, test } from '@jest/globals';
import { featuresOf, featuresScript } from '../../src/host/kernel-features.ts';
import { SandboxShell } from '../helpers/sandbox-shell.ts';

describe('the script, run for real over a file system of its own', () => {
  const features = (fill: (shell: SandboxShell) => void) => {
    using shell = new SandboxShell();
    shell.fake('uname', 'echo 6.1.0');
    for (const dir of ['modules/6.1.0', 'boot', 'loaded', 'proc'])
      mkdirSync(shell.path(dir), { recursive: true });
    fill(shell);
    const script = Object.entries({
      '/lib/modules': 'modules',
      '/boot': 'boot',
      '/sys/module': 'loaded',
      '/proc': 'proc',
    }).reduce((text, [from, to]) => text.replaceAll(from, shell.path(to)), featuresScript);
    const { stdout = '' } = shell.run(['sh', '-c', script], {}) as { stdout?: string };
    return featuresOf(stdout.split('\n'));
  };

  test('a kernel with modules has what is loaded, built in or on disk, and nothing else', () => {
    const found = features((shell) => {
      mkdirSync(shell.path('loaded/xt_set'));
      writeFileSync(
        shell.path('modules/6.1.0/modules.dep'),
        'kernel/net/ipv4/ipip.ko.xz: kernel/net/ipv4/tunnel4.ko.xz\nkernel/net/ipv4/fou.ko: kernel/x/dummy.ko\n',
      );
      writeFileSync(shell.path('modules/6.1.0/modules.builtin'), 'kernel/net/netfilter/ipset/ip_set.ko\n');
    });
    expect(found).toMatchObject({ xt_set: true, ipip: true, fou: true, ip_set: true });
    expect(found).toMatchObject({ dummy: false, ip_vs: false, ip_vs_rr: false, ip_set_hash_ip: false });
  });

  test.each(['/proc/config.gz', '/boot/config-6.1.0'])(
    'without modules at hand its configuration tells what is built in, and what it has not: %s',
    (path) => {
      const config = '#\nCONFIG_IP_SET=y\nCONFIG_NET_IPIP=m\n# CONFIG_IP_VS is not set\nCONFIG_XVXLAN=y\n';
      const found = features((shell) => {
        writeFileSync(shell.path(path.slice(1)), path.endsWith('.gz') ? gzipSync(config) : config);
      });
      expect(found).toMatchObject({ ip_set: true, ip_vs: false, vxlan: false });
      expect(found).not.toHaveProperty('ipip');
    },
  );

  test('where nothing is to be read nobody knows', () => {
    expect(features(() => undefined)).toEqual({});
  });
});
