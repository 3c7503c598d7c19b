import type { ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect, type AddressInfo } from 'node:net';
import ssh2, { type Connection, type ParsedKey, type ServerConfig } from 'ssh2';
import { killGroup, runLoginShell, type LoginShell } from './login-shell.ts';
import { makeKey, type KeyPair } from './ssh-keys.ts';

export interface TestServerOptions extends LoginShell {
  /** Public key to let in; absent: any. */
  readonly authorized?: KeyPair;
  readonly hostKeys?: readonly KeyPair[];
  readonly algorithms?: ServerConfig['algorithms'];
  /** Drop so many connections as soon as they are made. */
  readonly dropFirst?: number;
  /** Refuse so many authentication attempts. */
  readonly refuseFirst?: number;
  /** Sessions per connection; more are refused. */
  readonly maxSessions?: number;
}

/** An SSH server in this process which runs what it is told on this machine. */
export class TestSshServer implements AsyncDisposable {
  readonly hostKeys: readonly KeyPair[];
  /** Attempts with a key, over all connections. */
  authAttempts = 0;
  connections = 0;
  /** Command lines received. */
  readonly commands: string[] = [];
  /** Most sessions at once, in one server. */
  peakSessions = 0;
  readonly #server: ssh2.Server;
  readonly #options: TestServerOptions;
  readonly #clients = new Set<Connection>();
  readonly #children = new Set<ChildProcess>();
  #sessions = 0;

  constructor(options: TestServerOptions = {}) {
    this.#options = options;
    this.hostKeys = options.hostKeys ?? [makeKey()];
    const config = { hostKeys: this.hostKeys.map((key) => key.private) };
    const algorithms = options.algorithms && { algorithms: options.algorithms };
    this.#server = new ssh2.Server({ ...config, ...algorithms }, (client) => {
      this.#accept(client);
    });
  }

  static async start(options?: TestServerOptions, port = 0): Promise<TestSshServer> {
    const server = new TestSshServer(options);
    server.#server.listen(port, '127.0.0.1');
    await once(server.#server, 'listening');
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get fingerprint(): string {
    return this.hostKeys[0]?.fingerprint ?? '';
  }

  /** A known_hosts line for one of its keys. */
  knownHosts(key = this.hostKeys[0]): string {
    return `[127.0.0.1]:${String(this.port)} ${key?.public ?? ''}\n`;
  }

  /** Cuts every connection, as a network does: without a word. */
  cut(): void {
    for (const client of this.#clients) (client as unknown as { _sock: { destroy(): void } })._sock.destroy();
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cut();
    for (const child of this.#children) if (child.pid !== undefined) killGroup(child.pid);
    await new Promise<void>((resolve) =>
      this.#server.close(() => {
        resolve();
      }),
    );
  }

  #accept(client: Connection): void {
    this.connections += 1;
    this.#clients.add(client);
    (client as unknown as { setNoDelay(on: boolean): void }).setNoDelay(true);
    client.on('error', () => undefined).on('close', () => this.#clients.delete(client));
    if (this.connections <= (this.#options.dropFirst ?? 0)) {
      this.cut();
      return;
    }
    client.on('authentication', (context) => {
      if (context.method !== 'publickey') {
        context.reject(['publickey']);
        return;
      }
      if (context.signature === undefined) this.authAttempts += 1;
      const refused = this.authAttempts <= (this.#options.refuseFirst ?? 0);
      if (refused || !this.#authorizes(context)) context.reject(['publickey']);
      else context.accept();
    });
    client.on('tcpip', (accept, _reject, info) => {
      const channel = accept();
      const socket = connect(info.destPort, info.destIP);
      socket
        .on('error', () => {
          channel.close();
        })
        .on('close', () => {
          channel.close();
        });
      channel.on('error', () => undefined).on('close', () => socket.destroy());
      channel.pipe(socket).pipe(channel);
    });
    client.on('session', (accept, reject) => {
      if (this.#sessions >= (this.#options.maxSessions ?? Infinity)) {
        reject();
        return;
      }
      this.#sessions += 1;
      this.peakSessions = Math.max(this.peakSessions, this.#sessions);
      const session = accept();
      let child: ChildProcess | undefined;
      session.on('exec', (acceptExec, _rejectExec, { command }) => {
        this.commands.push(command);
        child = this.#track(runLoginShell(command, acceptExec(), this.#options));
      });
      session.on('signal', (_accept, _reject, { name }) => child?.kill(`SIG${name}` as NodeJS.Signals));
      session.once('close', () => {
        this.#sessions -= 1;
      });
    });
  }

  #authorizes(context: ssh2.PublicKeyAuthContext): boolean {
    const { authorized } = this.#options;
    if (authorized === undefined) return true;
    const key = ssh2.utils.parseKey(authorized.public) as ParsedKey;
    if (!key.getPublicSSH().equals(context.key.data)) return false;
    return (
      context.signature === undefined ||
      key.verify(context.blob ?? Buffer.alloc(0), context.signature, context.hashAlgo)
    );
  }

  #track(child: ChildProcess): ChildProcess {
    this.#children.add(child);
    child.once('close', () => this.#children.delete(child));
    return child;
  }
}
