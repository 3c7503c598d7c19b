import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { localImageFindings } from '../../src/engine/local-images.ts';
import { loadImages } from '../../src/engine/steps/load-images.ts';
import { paths } from '../../src/host/paths.ts';
import { fakeCluster, release } from './cluster.ts';
import { quiet } from './failure.ts';
import { FakeDocker } from './fake-docker.ts';
import type { FakeRunner } from './fake-runner.ts';
import { SandboxShell } from './sandbox-shell.ts';

/** Three hosts that load images for real, but for a fake `ctr`: each in a folder of its own. */
export class ImageHosts implements Disposable {
  readonly docker = new FakeDocker();
  readonly shells = [new SandboxShell(), new SandboxShell(), new SandboxShell()] as const;
  readonly logs: string[] = [];

  constructor() {
    for (const shell of this.shells)
      shell.fake('ctr', 'cat "$5" >> "$DIR/imported"; echo >> "$DIR/imported"');
  }

  /** A run that wants these images, up to where they were looked for. */
  async prepare(...images: readonly string[]) {
    const at = fakeCluster({ with: { images }, local: this.docker });
    const findings = await localImageFindings(at.cluster, quiet);
    for (const [index, runner] of at.runners.entries()) this.#equip(runner, index);
    const tools = { signal: quiet, log: (line: string) => this.logs.push(line) };
    const load = () => Promise.all(at.cluster.hosts.map((host) => loadImages.run(at.cluster, host, tools)));
    return { ...at, findings, load, release: () => release(at.cluster) };
  }

  /** Prepares and loads. */
  async run(...images: readonly string[]) {
    const run = await this.prepare(...images);
    const results = await run.load().finally(run.release);
    return { ...run, results };
  }

  /** Contents of the tars that were imported on a host, in order. */
  imported(host: 0 | 1 | 2): readonly string[] {
    const path = this.shells[host].path('imported');
    return existsSync(path) ? readFileSync(path, 'utf8').split('\n').filter(Boolean) : [];
  }

  /** Tars that lie on a host. */
  staged(host: 0 | 1 | 2): readonly string[] {
    const path = this.shells[host].path('state/artifacts');
    return existsSync(path) ? readdirSync(path) : [];
  }

  #equip(runner: FakeRunner, index: number): void {
    const shell = this.shells[index];
    if (shell === undefined) throw new TypeError('there are three hosts');
    const inside = (text: string): string =>
      text.replaceAll(`${paths.bin}/ctr`, 'ctr').replaceAll(paths.stateDir, shell.path('state'));
    runner.on('sh -c', (argv, options) => shell.run(argv.map(inside), options));
    runner.upload = (content, path, options) => {
      runner.uploads.push({ content, path, options: options ?? {} });
      mkdirSync(dirname(inside(path)), { recursive: true });
      writeFileSync(inside(path), 'path' in content ? readFileSync(content.path) : content.data);
      return Promise.resolve();
    };
  }

  [Symbol.dispose](): void {
    for (const shell of this.shells) shell[Symbol.dispose]();
  }
}
