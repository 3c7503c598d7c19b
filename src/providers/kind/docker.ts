import type { Runner } from '../../exec/runner.ts';
import { BootstrapError } from '../../lib/errors.ts';
import { sanitizeText } from '../../lib/sanitize.ts';
import { labels, type Container, type DockerInfo, type Network } from './inventory.ts';

interface Options {
  readonly signal?: AbortSignal;
}

/** The machine's Docker, by its command line: what kind itself uses, so that both see the same engine. */
export class Docker {
  readonly #local: Runner;

  /** @param local runs commands on this machine. */
  constructor(local: Runner) {
    this.#local = local;
  }

  /** @throws BootstrapError `E_CONNECT` when there is no Docker, or no engine that answers. */
  async info(options: Options): Promise<DockerInfo> {
    const { exitCode, stdout, stderr } = await this.#local.run(['docker', 'info', '--format', '{{json .}}'], {
      ...options,
      timeoutMs: 30_000,
      accept: 'any',
    });
    const info = parsed(stdout) as DockerInfo | undefined;
    const error = info?.ServerErrors?.[0] ?? stderr.trim().split('\n')[0];
    if (exitCode === 0 && info?.ServerErrors === undefined && info !== undefined) return info;
    throw new BootstrapError(
      'E_CONNECT',
      exitCode === 127
        ? 'there is no docker on this machine'
        : `Docker does not answer: ${sanitizeText(error ?? '')}`,
      {
        where: 'provider',
        hint: 'provider kind needs Docker: install and start it, and see that this user may use it (docker info)',
      },
    );
  }

  /** The containers of a kind cluster, running or not, its load balancer among them. */
  async containers(cluster: string, options: Options): Promise<readonly Container[]> {
    const filter = ['--filter', `label=${labels.cluster}=${cluster}`];
    const ids = await this.#lines(['ps', '--all', '--quiet', '--no-trunc', ...filter], options);
    return ids.length === 0 ? [] : ((await this.#inspect<Container>(['inspect', ...ids], options)) ?? []);
  }

  async network(name: string, options: Options): Promise<Network | undefined> {
    return (await this.#inspect<Network>(['network', 'inspect', name], options))?.[0];
  }

  async volumeLabels(name: string, options: Options): Promise<Readonly<Record<string, string>> | undefined> {
    const volume = (await this.#inspect<Pick<Network, 'Labels'>>(['volume', 'inspect', name], options))?.[0];
    return volume === undefined ? undefined : (volume.Labels ?? {});
  }

  /** The image's id, if the engine has it. */
  async imageId(name: string, options: Options): Promise<string | undefined> {
    return (await this.#inspect<{ readonly Id: string }>(['image', 'inspect', name], options))?.[0]?.Id;
  }

  /** @throws BootstrapError `E_IMAGE` */
  async pull(image: string, options: Options): Promise<void> {
    const { exitCode, stderr } = await this.#local.run(['docker', 'pull', '--quiet', image], {
      ...options,
      timeoutMs: 10 * 60_000,
      accept: 'any',
    });
    if (exitCode === 0) return;
    throw new BootstrapError('E_IMAGE', `cannot pull ${image}: ${lastLine(stderr)}`, {
      hint: 'see that Docker reaches its registry, or name an image that it has (node-image)',
    });
  }

  /** Any other command. @throws CommandError */
  async run(args: readonly string[], options: Options & { readonly timeoutMs?: number }): Promise<string> {
    return (await this.#local.run(['docker', ...args], options)).stdout;
  }

  async #lines(args: readonly string[], options: Options): Promise<readonly string[]> {
    return (await this.run(args, options)).split('\n').filter(Boolean);
  }

  /** @returns undefined when there is no such thing; what vanished between two questions counts as that too. */
  async #inspect<T>(args: readonly string[], options: Options): Promise<readonly T[] | undefined> {
    const { exitCode, stdout } = await this.#local.run(['docker', ...args], {
      ...options,
      accept: 'any',
      maxOutputBytes: 32 * 1024 * 1024,
    });
    const found = parsed(stdout) as readonly T[] | undefined;
    return exitCode !== 0 && (found === undefined || found.length === 0) ? undefined : found;
  }
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function lastLine(text: string): string {
  return sanitizeText(text).trim().split('\n').at(-1) ?? '';
}
