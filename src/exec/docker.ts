import { holdProcess } from './hold-process.ts';
import { startLocal } from './local.ts';
import type { StartProcess } from './process-handle.ts';
import { runProcess } from './run-process.ts';
import type { FileContent, Held, Runner, RunOptions, RunResult, UploadOptions } from './runner.ts';
import { uploadFile } from './upload-file.ts';

/**
 * Runs commands in a container, as root, through `docker exec`. A command that is given up goes on in the container until
 * it ends by itself: Docker passes no signals on.
 */
export class DockerRunner implements Runner {
  readonly target: string;
  readonly #start: StartProcess;

  /** @param container its name. */
  constructor(container: string) {
    this.target = container;
    this.#start = (argv, options, signal) => {
      const env = Object.entries(options.env ?? {}).flatMap(([name, value]) => ['--env', `${name}=${value}`]);
      return startLocal(
        ['docker', 'exec', '--interactive', '--user', 'root', ...env, container, ...argv],
        {},
        signal,
      );
    };
  }

  run(argv: readonly string[], options?: RunOptions): Promise<RunResult> {
    return runProcess(this.target, this.#start, argv, options);
  }

  upload(content: FileContent, remotePath: string, options?: UploadOptions): Promise<void> {
    return uploadFile(this.target, this.#start, content, remotePath, options);
  }

  hold(argv: readonly string[], options?: Pick<RunOptions, 'sudo' | 'timeoutMs' | 'signal'>): Promise<Held> {
    return holdProcess(this.target, this.#start, argv, options);
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
