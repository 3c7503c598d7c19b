import type { FakeHandler, FakeRule } from './fake-runner.ts';

export interface FakeUnitOptions {
  readonly output?: string;
  /** What systemd tells of its end. */
  readonly ending?: string;
  /** It ran already. */
  readonly attached?: boolean;
  /** What following it fails with, one after the other. */
  readonly failFollow?: readonly Error[];
  readonly failForget?: readonly Error[];
}

/** A systemd unit as `runUnit` sees it, whose scripts it tells by the systemd commands in them. */
export class FakeUnit {
  readonly did: string[] = [];
  /** The programs that were started as units, as argvs. */
  readonly started: (readonly string[])[] = [];
  readonly #options: FakeUnitOptions;
  readonly #failFollow: Error[];
  readonly #failForget: Error[];

  constructor(options: FakeUnitOptions = {}) {
    this.#options = options;
    this.#failFollow = [...(options.failFollow ?? [])];
    this.#failForget = [...(options.failForget ?? [])];
  }

  get rules(): readonly FakeRule[] {
    return [
      [(_, [sh, , script = '']) => sh === 'sh' && script.includes('systemctl stop "$1'), this.#forget],
      [(_, [sh, , script = '']) => sh === 'sh' && script.includes('tail '), this.#follow],
      [(_, [sh, , script = '']) => sh === 'sh' && script.includes('systemd-run '), this.#start],
    ];
  }

  readonly #start: FakeHandler = (argv) => {
    this.did.push('start');
    if (this.#options.attached === true) return 'attached\n';
    this.started.push(argv.slice(7));
    return '';
  };

  readonly #follow: FakeHandler = (argv) => {
    this.did.push('follow');
    const error = this.#failFollow.shift();
    if (error !== undefined) throw error;
    const { output = 'done\n' } = this.#options;
    // A unit that was forgotten is one that never was, whether or not anybody heard of it.
    const ending = this.did.includes('forget')
      ? 'inactive 0 success'
      : (this.#options.ending ?? 'active 0 success');
    return `${output}\n${argv[6] ?? ''} ${ending} `;
  };

  readonly #forget: FakeHandler = () => {
    this.did.push('forget');
    const error = this.#failForget.shift();
    if (error !== undefined) throw error;
    return '';
  };
}
