import { isFeatureAvailable, restoreCache, saveCache } from '@actions/cache';

// A program of its own, started by cache-process.ts: `restore|save <key> <file>`, in the file's directory. What goes
// wrong, the toolkit tells in its output alone.

/** Exit codes, besides 0 for done. */
const FAILED = 1;
const NOTHING = 10;
const UNAVAILABLE = 11;

async function run(operation?: string, key = '', file = ''): Promise<number> {
  process.chdir(process.env['GITHUB_WORKSPACE'] ?? '.');
  if (!isFeatureAvailable()) return UNAVAILABLE;
  const done =
    operation === 'restore'
      ? (await restoreCache([file], key)) === key
      : (await saveCache([file], key)) !== -1;
  return done ? 0 : NOTHING;
}

try {
  process.exitCode = await run(...process.argv.slice(2));
} catch (error) {
  console.log(`::error::${error instanceof Error ? error.message : String(error)}`);
  process.exitCode = FAILED;
}
// Its sockets would keep the process alive.
process.exit();
