import { globSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { bundle } from './bundle.ts';
import { repository } from './run.ts';

/** Regular files below a directory, by relative path. */
function files(dir: string): Map<string, Buffer> {
  const names = globSync('**/*', { cwd: dir }).filter((name) => statSync(join(dir, name)).isFile());
  return new Map(names.map((name) => [name, readFileSync(join(dir, name))]));
}

// Inside the repository: what ncc finds, and how it numbers modules, must not depend on the place.
const fresh = mkdtempSync(join(repository, '.tmp-dist-'));
try {
  bundle(fresh);
  const expected = files(fresh);
  const actual = files(join(repository, 'dist'));
  const names = new Set([...expected.keys(), ...actual.keys()]);
  const different = [...names].filter((name) => {
    const [one, other] = [expected.get(name), actual.get(name)];
    return one === undefined || other === undefined || !one.equals(other);
  });
  if (different.length === 0) {
    console.log(`dist is up to date: ${String(expected.size)} files, byte for byte`);
  } else {
    console.error(`dist is not what the sources make; run npm run build:\n${different.sort().join('\n')}`);
    process.exitCode = 1;
  }
} finally {
  rmSync(fresh, { recursive: true, force: true });
}
