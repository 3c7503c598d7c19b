import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { BootstrapError } from '../lib/errors.ts';
import { CommandError } from './command-error.ts';
import type { StartProcess } from './process-handle.ts';
import { runProcess } from './run-process.ts';
import type { FileContent, UploadOptions } from './runner.ts';

const DEFAULT_TIMEOUT_MS = 600_000;

/** Writes beside the target and renames, so that nobody ever sees half a file: a cut connection shows in the size. */
const SCRIPT = `
set -e
umask 022
if [ -d "$1" ]; then echo "is a directory" >&2; exit 1; fi
dir=$(dirname -- "$1")
mkdir -p -- "$dir"
tmp=$(mktemp -- "$dir/.k8s-bootstrap.XXXXXXXX")
trap 'rm -f -- "$tmp"' EXIT
trap 'exit 1' HUP INT TERM
cat >"$tmp"
size=$(wc -c <"$tmp")
if [ "$size" -ne "$3" ]; then echo "got $size of $3 bytes" >&2; exit 1; fi
chmod "$2" "$tmp"
mv -f -- "$tmp" "$1"
`;

/** Writes a file over any transport: the semantics of `Runner.upload`. @throws E_COMMAND when it cannot. */
export async function uploadFile(
  target: string,
  start: StartProcess,
  content: FileContent,
  remotePath: string,
  options: UploadOptions = {},
): Promise<void> {
  const { size, input } = await open(content);
  const mode = (options.mode ?? 0o644).toString(8).padStart(4, '0');
  const argv = ['sh', '-c', SCRIPT, 'upload', remotePath, mode, String(size)];
  try {
    await runProcess(target, start, argv, { timeoutMs: DEFAULT_TIMEOUT_MS, ...options, input });
  } catch (error) {
    if (!(error instanceof CommandError)) throw error;
    const reason = error.message.replace(/^[^]*?exited with \d+(: )?/, '');
    const message = `cannot write ${remotePath}${reason === '' ? '' : `: ${reason}`}`;
    throw new BootstrapError('E_COMMAND', message, { host: target, cause: error });
  }
}

async function open(content: FileContent): Promise<{ size: number; input: string | Uint8Array | Readable }> {
  if ('data' in content) return { size: Buffer.byteLength(content.data), input: content.data };
  const { size } = await stat(content.path);
  return { size, input: createReadStream(content.path) };
}
