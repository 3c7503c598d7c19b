import { BootstrapError } from '../lib/errors.ts';
import { quoteCommand } from '../lib/quote.ts';
import { sanitizeText } from '../lib/sanitize.ts';
import type { RunResult } from './runner.ts';

/** A command ended with an exit code that was not accepted. Its output is kept whole, its message is short. */
export class CommandError extends BootstrapError {
  readonly argv: readonly string[];
  readonly result: RunResult;

  constructor(target: string, argv: readonly string[], result: RunResult) {
    super('E_COMMAND', `${summarize(argv)} exited with ${String(result.exitCode)}${lastWords(result)}`, {
      host: target,
    });
    this.argv = argv;
    this.result = result;
  }
}

const MAX_ARGV = 120;
const MAX_WORDS = 600;

function summarize(argv: readonly string[]): string {
  if (argv[0] === 'sh' && argv[1] === '-c') return 'a script';
  const [line = ''] = quoteCommand(argv).split('\n');
  return line.length > MAX_ARGV ? `${line.slice(0, MAX_ARGV)}…` : line;
}

/** The end of stderr (else stdout), which is where programs say why. */
function lastWords(result: RunResult): string {
  const text = sanitizeText(result.stderr.trim() === '' ? result.stdout : result.stderr).trim();
  if (text === '') return '';
  return `: ${text.length > MAX_WORDS ? `…${text.slice(-MAX_WORDS)}` : text}`;
}
