import { execFileSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, dirname, join } from 'node:path';
import { stringify } from 'yaml';

const repository = join(import.meta.dirname, '../../..');
/** What a release of the action consists of for a runner. */
const actionFiles = ['action.yml', 'dist/main', 'dist/post', 'dist/cache'];

/** A folder with everything of one run, and an environment in which nothing is written to anywhere else. */
export class ActPlace {
  readonly #dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-act-'));
  readonly repository = this.#folder('repository');
  readonly env: Readonly<Record<string, string>> = {
    PATH: [dirname(process.execPath), process.env['PATH'] ?? ''].join(delimiter),
    HOME: this.#folder('home'),
    TMPDIR: this.#folder('tmp'),
    XDG_CACHE_HOME: this.#folder('home/.cache'),
    XDG_CONFIG_HOME: this.#folder('home/.config'),
    LANG: 'C.UTF-8',
    GIT_CONFIG_NOSYSTEM: '1',
    ACT_DISABLE_VERSION_CHECK: '1',
  };

  /** Paths for what act keeps: workspaces, actions and caches. */
  get actionCache(): string {
    return this.#folder('actions');
  }
  get cacheServer(): string {
    return this.#folder('cache');
  }

  /** A file of names and values that only this user can read. */
  secretFile(name: string, values: Readonly<Record<string, string>>): string {
    const path = join(this.#dir, `${name}.yml`);
    writeFileSync(path, stringify(values), { mode: 0o600 });
    return path;
  }

  /** The user's repository, with the workflow, committed; act takes what it checks out from there. */
  commit(workflow: string, files: Readonly<Record<string, string>>, withAction: boolean): void {
    if (withAction) this.#copyAction(this.repository);
    for (const [path, text] of Object.entries({ ...files, '.github/workflows/workflow.yml': workflow })) {
      mkdirSync(dirname(join(this.repository, path)), { recursive: true });
      // Scripts are to be run.
      writeFileSync(join(this.repository, path), text, { mode: text.startsWith('#!') ? 0o755 : 0o644 });
    }
    const git = (...args: string[]): unknown =>
      execFileSync('git', args, { cwd: this.repository, env: this.env, stdio: ['ignore', 'ignore', 'pipe'] });
    git('init', '--quiet', '--initial-branch=main');
    git('add', '--all', '--force');
    git('-c', 'user.name=test', '-c', 'user.email=test@example.org', 'commit', '--quiet', '--message=test');
  }

  /** The action as others use it: in a repository of its own. */
  releasedAction(): string {
    const dir = this.#folder('release');
    this.#copyAction(dir);
    return dir;
  }

  /** An action of other people's that is not to be had here. */
  standIn(name: string, actionYaml: string): string {
    const dir = this.#folder(`stand-ins/${name}`);
    writeFileSync(join(dir, 'action.yml'), actionYaml);
    return dir;
  }

  /** Ends what still runs. @returns command lines of that. */
  endProcesses(): readonly string[] {
    const home = `HOME=${this.env['HOME'] ?? ''}`;
    return readdirSync('/proc')
      .filter((name) => /^\d+$/.test(name))
      .flatMap((pid) => endIfIn(home, pid));
  }

  remove(): void {
    rmSync(this.#dir, { recursive: true, force: true });
  }

  #copyAction(dir: string): void {
    for (const name of actionFiles) cpSync(join(repository, name), join(dir, name), { recursive: true });
  }

  #folder(name: string): string {
    const path = join(this.#dir, name);
    mkdirSync(path, { recursive: true });
    return path;
  }
}

/** Whatever came of a run has its home directory in the environment. @returns its command line, if it does. */
function endIfIn(home: string, pid: string): readonly string[] {
  const read = (file: string): string[] => readFileSync(`/proc/${pid}/${file}`, 'utf8').split('\0');
  try {
    if (!read('environ').includes(home)) return [];
    const command = read('cmdline').join(' ').trim();
    process.kill(Number(pid), 'SIGKILL');
    return [command];
  } catch {
    // Ended by itself in the meantime, or another user's.
    return [];
  }
}
