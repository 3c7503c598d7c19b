import type { FileContent, Held, RunOptions, UploadOptions } from '../../src/exec/runner.ts';
import { paths } from '../../src/host/paths.ts';
import { factsOutput, factsSections } from './facts-output.ts';
import { FakeRunner, type FakeHandler, type FakeResult } from './fake-runner.ts';
import { kubeadmKubeconfigText } from './kubeconfig.ts';
import { LISTENER, listensToAll, PROBER, reachesAllBut } from './port-rules.ts';
import { testCa } from './test-ca.ts';

const kubeadmImages = ['kube-apiserver:v1', 'kube-proxy:v1', 'coredns/coredns:v1', 'pause:3.10.1'];

/** What a script of a reset does, by words that only it holds. */
const resetScripts: Readonly<Record<string, string>> = {
  'tc filter del': 'take filters off',
  'ip link delete': 'remove links',
  'route flush root': 'restore routes',
  'iptables-legacy': 'remove chains',
  'nft delete table': 'remove tables',
  'nft list ruleset': 'list tables',
  'clear_servers k8s-bootstrap': 'clear virtual servers',
  'route flush proto': 'remove routes and sets',
  'umount "$mount"': 'unmount',
  '-mindepth 1 -delete': 'empty directories',
  'rm -rf --one-file-system': 'remove directories',
  kubepods: 'remove cgroups',
  'systemctl disable': 'remove units',
  'while read -r key value': 'restore sysctls',
  'for save in iptables-save': 'look for residue',
};

/**
 * A host on which commands have the effect that the engine looks for later: what is installed, written, pulled or
 * joined stays so, until a reset. `did` tells in order what was done to which host.
 */
export class FakeMachine extends FakeRunner {
  readonly index: number;
  /** sha256 of what is installed, by name. */
  installed: Record<string, string> = {};
  /** kubeadm made it a node. */
  member = false;
  /** containerd runs, with its configuration. */
  active = false;
  state: string | undefined;
  /** As the facts script prints them. */
  mounts = 'shared\nbpffs';
  readonly #did: string[];
  readonly #images = new Set<string>();
  readonly #files = new Map<string, string>();

  constructor(address: string, index: number, did: string[]) {
    super([], address);
    this.index = index;
    this.#did = did;
    for (const [words, name] of Object.entries(resetScripts)) this.#does(name, words, '');
    this.#does('stop workloads', '--skip-phases=preflight', () => {
      this.member = false;
      return '';
    });
    this.#does('forget', /^rm -rf \/var\/lib\/k8s-bootstrap$/, () => this.#forget());
    this.#does('lock', 'flock -n 9', 'locked\n');
    this.#does('facts', 's hostname; hostname', ({ 4: marker = '' }) => this.#facts(marker));
    this.#does('reach', '--connect-timeout 10', (argv) => 'ok\n\n'.repeat(argv.length - 5));
    this.#does('listen', LISTENER, listensToAll);
    this.#does('probe', PROBER, reachesAllBut());
    this.#does('pull', '--speed-limit 1024', '');
    this.#does('unstage', 'rmdir --ignore-fail-on-non-empty /var/lib', '');
    this.#does('install', `> ${paths.installed}/`, (argv) => this.#install(argv));
    this.#does('list images', / config images list /, () =>
      kubeadmImages.map((name) => `registry.k8s.io/${name}\n`).join(''),
    );
    this.#does('look at files', 'cmp -s', (_, { input }) => this.#stale(input).join('\n'));
    this.#does('configure', 'base64 -d > ', (_, { input }) => this.#configure(input));
    this.#does('activate', 'systemctl enable --quiet containerd', () => {
      this.active = true;
      return 'bridge-netfilter\n';
    });
    this.#does('is active', 'ExecMainStartTimestampMonotonic', () => ({
      exitCode: this.active ? 0 : 1,
    }));
    this.#does('images', / images ls -q$/, () => [...this.#images].join('\n'));
    this.#does('pull images', 'images pull --hosts-dir', (argv) => {
      for (const image of argv.slice(4)) this.#images.add(image);
      return '';
    });
    this.#does('start', 'systemd-run --quiet', ({ 8: command = '' }) => {
      this.#did.push(`kubeadm ${command} ${this.target}`);
      this.member = true;
      return '';
    });
    this.#does('follow', 'tail -n +1', (argv) => unitEnd(argv, '[kubeadm] done'));
    this.#does('end', 'systemctl stop "$1.service"', '');
    this.#does('rm config', 'rm -f /run/k8s-bootstrap/kubeadm.yaml', '');
    this.#does('read CA', `cat ${paths.caCert}`, testCa);
    this.#does('kubeconfig', 'kubeadm kubeconfig user', kubeadmKubeconfigText);
  }

  override upload(content: FileContent, path: string, options: UploadOptions = {}): Promise<void> {
    this.#did.push(`upload ${this.target}`);
    if (path === paths.state && 'data' in content) this.state = Buffer.from(content.data).toString();
    return super.upload(content, path, options);
  }

  override async hold(argv: readonly string[], options: RunOptions = {}): Promise<Held> {
    const held = await super.hold(argv, options);
    const close = (): Promise<void> => {
      this.#did.push(`${argv.includes(paths.lock) ? 'unlock' : 'hush'} ${this.target}`);
      return held.close();
    };
    return { ...held, close };
  }

  override close(): Promise<void> {
    this.#did.push(`close ${this.target}`);
    return super.close();
  }

  /** The token in the configuration that kubeadm was given last. */
  get token(): string {
    const config = this.uploaded('/run/k8s-bootstrap/kubeadm.yaml') ?? '';
    return /token: "?([a-z0-9]{6}\.[a-z0-9]{16})/i.exec(config)?.[1] ?? '';
  }

  /** Makes it a machine that nobody used before. */
  wipe(): void {
    this.#forget();
    this.member = false;
    this.#images.clear();
  }

  #does(name: string, sign: string | RegExp, result: FakeResult | FakeHandler): void {
    const matches = (line: string): boolean =>
      typeof sign === 'string' ? line.includes(sign) : sign.test(line);
    this.on(matches, (argv, options) => {
      this.#did.push(`${name} ${this.target}`);
      return typeof result === 'function' ? result(argv, options) : result;
    });
  }

  #facts(marker: string): string {
    const installed = Object.entries(this.installed).map(([name, sha256]) => `${name}=${sha256}`);
    const now = { mounts: this.mounts, state: this.state ?? '', installed: installed.join('\n') };
    return factsOutput(marker, { ...factsSections(this.index), ...now });
  }

  #install(argv: readonly string[]): string {
    const { 2: script = '', 5: sha256 = '' } = argv;
    const name = /\/installed\/([\w-]+)/.exec(script)?.[1] ?? '';
    this.installed[name] = sha256;
    return '';
  }

  #stale(input: RunOptions['input']): readonly string[] {
    return fileLines(input).flatMap((line) => {
      const [path = ''] = line.split(' ');
      return this.#files.get(path) === line ? [] : [path];
    });
  }

  #configure(input: RunOptions['input']): string {
    for (const line of fileLines(input)) this.#files.set(line.split(' ')[0] ?? '', line);
    return '';
  }

  #forget(): string {
    this.state = undefined;
    this.installed = {};
    this.active = false;
    this.#files.clear();
    return '';
  }
}

/** `path mode base64` lines, as scripts about files are given them. */
function fileLines(input: RunOptions['input']): readonly string[] {
  return typeof input === 'string' ? input.split('\n').filter(Boolean) : [];
}

/** What following a unit prints to its end. */
export function unitEnd(argv: readonly string[], output: string, exitCode = 0): string {
  const ending = exitCode === 0 ? 'active 0 success' : `failed ${String(exitCode)} exit-code`;
  return `${output}\n\n${argv[6] ?? ''} ${ending} `;
}
