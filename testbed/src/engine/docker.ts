import { run, type RunOptions, succeeds } from '../command.ts';

/** A Docker engine, spoken to by the docker client. */
export class Docker {
  readonly host: string | undefined;

  constructor(host: string | undefined) {
    this.host = host;
  }

  run(args: readonly string[], options: RunOptions = {}): Promise<string> {
    return run('docker', args, this.options(options));
  }

  succeeds(args: readonly string[]): Promise<boolean> {
    return succeeds('docker', args, this.options({}));
  }

  /** One line per answer, none for none. */
  async lines(args: readonly string[]): Promise<string[]> {
    return (await this.run(args)).split('\n').filter((line) => line !== '');
  }

  answers(): Promise<boolean> {
    return this.succeeds(['version', '--format', '{{.Server.Version}}']);
  }

  /** For a docker client that is started otherwise. */
  get env(): Readonly<Record<string, string>> {
    // Only the classic builder is in every engine and needs no plugin of the client.
    return { DOCKER_BUILDKIT: '0', ...(this.host === undefined ? {} : { DOCKER_HOST: this.host }) };
  }

  private options(options: RunOptions): RunOptions {
    return { ...options, env: { ...this.env, ...options.env } };
  }
}
