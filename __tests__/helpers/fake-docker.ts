import { randomUUID } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { labels, type Container, type Network } from '../../src/providers/kind/inventory.ts';
import { FakeRunner, type FakeResult } from './fake-runner.ts';

/** What changes the engine for good. */
const CHANGES = /^(docker (rm|pull|network (create|rm)|volume (create|rm)) |\S*kind create )/;

export interface FakeContainerOptions {
  readonly cluster?: string;
  readonly role?: string;
  readonly running?: boolean;
  readonly image?: string;
  /** Of the machine, by port of the container; a number is one of 127.0.0.1. */
  readonly ports?: Readonly<
    Record<string, number | readonly { readonly HostIp: string; readonly HostPort: string }[]>
  >;
}

/** This machine with a Docker that keeps what it is told: containers, networks, volumes and images. */
export class FakeDocker extends FakeRunner {
  info: Record<string, unknown> = {
    // Of its own for each, since a run's lock is named after it.
    ID: randomUUID(),
    ServerVersion: '28.5.1',
    OSType: 'linux',
    Architecture: 'x86_64',
    CgroupVersion: '2',
    NCPU: 4,
    MemTotal: 16 * 2 ** 30,
    SecurityOptions: null,
  };
  readonly containers = new Map<string, Container>();
  readonly networks = new Map<string, Omit<Network, 'Containers'>>();
  readonly volumes = new Map<string, Readonly<Record<string, string>>>();
  /** Ids by name. */
  readonly images = new Map<string, string>();
  /** Range of a network that is made. */
  subnet = '172.18.0.0/16';
  /** Told of each container that goes. */
  onRemove: (name: string) => void = () => undefined;

  constructor() {
    super([], 'local');
    this.on('kind version --quiet', '0.33.0\n').on('docker ', ([, ...args]) => this.#docker(args));
  }

  get changes(): readonly string[] {
    return this.lines.filter((line) => CHANGES.test(line));
  }

  add(name: string, options: FakeContainerOptions = {}): void {
    const { cluster = 'test', role = 'worker', running = true, ports = {}, image } = options;
    const published = Object.entries(ports).map(([port, on]) => {
      const bindings = typeof on === 'number' ? [{ HostIp: '127.0.0.1', HostPort: String(on) }] : on;
      return [port, bindings] as const;
    });
    this.containers.set(name, {
      Id: `id-of-${name}`,
      Name: `/${name}`,
      State: { Running: running },
      Config: {
        Labels: { [labels.cluster]: cluster, [labels.role]: role },
        ...(image === undefined ? {} : { Image: image }),
      },
      NetworkSettings: { Ports: Object.fromEntries(published) },
    });
  }

  /** Stops a container, which then publishes nothing. */
  stop(name: string): void {
    const container = this.containers.get(name);
    if (container === undefined) throw new TypeError(`there is no container ${name}`);
    this.containers.set(name, { ...container, State: { Running: false }, NetworkSettings: { Ports: {} } });
  }

  #docker(args: readonly string[]): FakeResult {
    const [what = '', verb = ''] = args;
    const name = args.at(-1) ?? '';
    switch (['network', 'volume', 'image'].includes(what) ? `${what} ${verb}` : what) {
      case 'info':
        return JSON.stringify(this.info);
      case 'ps':
        return this.#of(name.split('=').at(-1) ?? '')
          .map((container) => `${container.Id}\n`)
          .join('');
      case 'inspect':
        return found(args.slice(1).map((id) => [...this.containers.values()].find(({ Id }) => Id === id)));
      case 'rm':
        for (const { Id, Name } of [...this.containers.values()]) if (args.includes(Id)) this.#remove(Name);
        return '';
      case 'network inspect':
        return found([this.#network(name)]);
      case 'network create':
        this.networks.set(name, { Labels: labelsIn(args), IPAM: { Config: [{ Subnet: this.subnet }, {}] } });
        return 'id\n';
      case 'network rm':
        this.networks.delete(name);
        return '';
      case 'volume inspect':
        return found([this.volumes.has(name) ? { Labels: this.volumes.get(name) } : undefined]);
      case 'volume create':
        this.volumes.set(name, labelsIn(args));
        return `${name}\n`;
      case 'volume rm':
        this.volumes.delete(name);
        return '';
      case 'image inspect':
        return found([this.images.has(name) ? { Id: this.images.get(name) } : undefined]);
      case 'pull':
        this.images.set(name, `sha256:id-of-${name}`);
        return '';
      case 'save':
        writeFileSync(args[2] ?? '', `tar of ${this.images.get(name) ?? ''}`);
        return '';
      default:
        throw new Error(`FakeDocker: no answer to: docker ${args.join(' ')}`);
    }
  }

  #of(cluster: string): readonly Container[] {
    return [...this.containers.values()].filter(({ Config }) => Config.Labels[labels.cluster] === cluster);
  }

  #remove(withSlash: string): void {
    this.containers.delete(withSlash.slice(1));
    this.onRemove(withSlash.slice(1));
  }

  /** All containers are on each network. */
  #network(name: string): Network | undefined {
    const network = this.networks.get(name);
    const on = [...this.containers.values()].map(({ Id }) => [Id, {}] as const);
    return network === undefined ? undefined : { ...network, Containers: Object.fromEntries(on) };
  }
}

function found(things: readonly unknown[]): FakeResult {
  const there = things.filter((thing) => thing !== undefined);
  const stdout = `${JSON.stringify(there)}\n`;
  return there.length === things.length ? stdout : { exitCode: 1, stdout, stderr: 'Error: no such object' };
}

function labelsIn(args: readonly string[]): Record<string, string> {
  const given = args.filter((_, index) => args[index - 1] === '--label').map((text) => text.split('='));
  return Object.fromEntries(given.map(([key = '', value = '']) => [key, value]));
}
