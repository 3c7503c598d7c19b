import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { parseFacts, readFacts, type Facts } from '../../src/host/facts.ts';
import { factsScript } from '../../src/host/facts-script.ts';
import { fakeCluster } from '../helpers/cluster.ts';
import { factsSections } from '../helpers/facts-output.ts';
import { quiet } from '../helpers/failure.ts';
import { SandboxShell } from '../helpers/sandbox-shell.ts';

/** The script only looks, so it may look at this machine. */
describe('the facts script, run for real', () => {
  const shell = new SandboxShell();
  let facts: Facts;
  const server = createSocket('udp6').bind(0);
  const client = createSocket('udp4');

  beforeAll(async () => {
    shell
      .fake(
        'ip',
        'case $2 in rule) echo "32765:	from 10.9.0.0/24 lookup 77";; address) echo "2: eth0    inet 10.1.2.3/24 scope global eth0";; route) [ "$5" ] && echo "default via 10.1.2.1 dev eth0";; esac',
      )
      .fake('nft', "printf 'table ip filter {\\n\\tchain INPUT {\\n\\t}\\n}\\n'")
      .fake('systemctl', '[ "$3" = firewalld ]')
      .fake('containerd', 'echo containerd github.com/containerd/containerd v1.6.20');
    await once(server, 'listening');
    client.connect(server.address().port, '127.0.0.1');
    await once(client, 'connect');
    const { cluster, runner } = fakeCluster();
    runner.on('sh -c', shell.run);
    mkdirSync(shell.path('filled'));
    writeFileSync(shell.path('filled/file'), '');
    mkdirSync(shell.path('bare/folder'), { recursive: true });
    const paths = ['filled', 'filled/file', 'bare', 'absent'].map((path) => shell.path(path));
    facts = await readFacts(cluster.controlPlane, { paths, signal: quiet });
  });
  afterAll(() => {
    server.close();
    client.close();
    shell[Symbol.dispose]();
  });

  test('agrees with what Node.js knows of the machine', () => {
    expect(facts.hostname).toBe(hostname());
    expect(facts.arch).toBe(process.arch === 'x64' ? 'amd64' : 'arm64');
    expect(facts.cpus).toBeGreaterThan(0);
    expect(facts.memoryBytes).toBeGreaterThan(2 ** 28);
    expect(facts.diskFreeBytes).toBeGreaterThan(0);
    expect(Math.abs(facts.clockOffsetMs)).toBeLessThan(10_000);
    expect(facts.os.id).toMatch(/^[a-z]+$/);
    expect(facts.tools).toEqual(expect.arrayContaining(['ip', 'mount', 'tar', 'sha256sum']));
    expect(facts.filesystems).toContain('proc');
  });

  test('reads what the programs say', () => {
    expect(facts).toMatchObject({
      primaryAddresses: { 4: '10.1.2.3', 6: undefined },
      nftChains: ['ip filter INPUT'],
      services: ['firewalld'],
      network: { links: readdirSync('/sys/class/net'), routeTables: ['77'] },
      containerd: { path: shell.path('bin/containerd'), version: '1.6.20' },
    });
  });

  test('knows where datagrams are taken of anybody', () => {
    expect(facts.listening.udp).toContain(server.address().port);
    expect(facts.listening.udp).not.toContain(client.address().port);
  });

  test('says of paths whether something is there', () => {
    expect(facts.directories).toEqual({
      [shell.path('filled')]: 'full',
      [shell.path('filled/file')]: 'full',
      [shell.path('bare')]: 'empty',
    });
    expect(facts.directoryModes[shell.path('bare')]).toMatch(/^755 \d+:\d+$/);
  });

  test('has every section that is read', async () => {
    const { stdout = '' } = (await shell.run(['sh', '-c', factsScript, 'x', 'facts-x'], {})) as {
      stdout?: string;
    };
    const names = [...stdout.matchAll(/^facts-x (.+)$/gm)].map(([, name]) => name);
    expect(names).toEqual([...Object.keys(factsSections()), 'end']);
  });

  test('reads what the firmware says', async () => {
    mkdirSync(shell.path('dmi'));
    writeFileSync(shell.path('dmi/sys_vendor'), 'Amazon EC2\n');
    const script = factsScript.replaceAll('/sys/class/dmi/id', shell.path('dmi'));
    const { stdout = '' } = (await shell.run(['sh', '-c', script, 'x', 'facts-x'], {})) as {
      stdout?: string;
    };
    expect(parseFacts(stdout, 'facts-x', 0).cloud).toBe('aws');
  });

  test('says over which interfaces the kernel takes default routes by router advertisements', async () => {
    const routes = ['eth0.7 proto ra', 'eth1 proto ra', 'eth0.7 proto ra metric 9'].map(
      (text) => `default via fe80::1 dev ${text}`,
    );
    shell.fake(
      'ip',
      `[ "$*" = '-6 -o route show default proto ra' ] && printf '%s\\n' '${routes.join("' '")}'`,
    );
    for (const [link, value] of [
      ['eth0.7', '1'],
      ['eth1', '2'],
    ] as const) {
      mkdirSync(shell.path(`conf/${link}`), { recursive: true });
      writeFileSync(shell.path(`conf/${link}/accept_ra`), `${value}\n`);
    }
    const script = factsScript.replace('/proc/sys/net/ipv6/conf', shell.path('conf'));
    const { stdout = '' } = (await shell.run(['sh', '-c', script, 'x', 'facts-x'], {})) as {
      stdout?: string;
    };
    expect(parseFacts(stdout, 'facts-x', 0).advertised).toEqual(['eth0.7']);
  });

  test('a file whose last line does not end does not swallow the next section', async () => {
    const path = shell.path('os-release');
    writeFileSync(path, 'ID=debian');
    const script = factsScript.replace('/etc/os-release', path);
    const { stdout = '' } = (await shell.run(['sh', '-c', script, 'x', 'facts-x'], {})) as {
      stdout?: string;
    };
    expect(parseFacts(stdout, 'facts-x', 0)).toMatchObject({
      os: { id: 'debian' },
      kernel: expect.stringMatching(/^\d/),
    });
  });
});
