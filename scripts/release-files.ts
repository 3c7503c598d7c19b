import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { globSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { releaseNotes } from './release-notes.ts';
import { repository } from './run.ts';

const read = (name: string): string => readFileSync(join(repository, name), 'utf8');
const { version } = JSON.parse(read('package.json')) as { version: string };
const [tag] = process.argv.slice(2);
if (tag !== `v${version}`) throw new Error(`the tag ${String(tag)} is not v${version}, as package.json says`);

const out = join(repository, 'release');
rmSync(out, { recursive: true, force: true });
mkdirSync(out);
writeFileSync(join(out, 'notes.md'), releaseNotes(read('CHANGELOG.md'), version));

const name = `k8s-bootstrap-${version}`;
const archive = join(out, `${name}.tar.gz`);
const content = ['action.yml', 'dist', 'schema/cluster.schema.json', 'README.md', 'LICENSE'];
execFileSync(
  'git',
  ['archive', '--format=tar.gz', `--prefix=${name}/`, `--output=${archive}`, 'HEAD', ...content],
  {
    cwd: repository,
    stdio: 'inherit',
  },
);

// Of the archive, and of what a runner executes, as it lies in the repository.
const executed = ['action.yml', ...globSync('dist/**/*', { cwd: repository }).sort()]
  .map((path) => ({ path: join(repository, path), name: path }))
  .filter(({ path }) => statSync(path).isFile());
const sums = [...executed, { path: archive, name: basename(archive) }].map(
  (file) => `${createHash('sha256').update(readFileSync(file.path)).digest('hex')}  ${file.name}\n`,
);
writeFileSync(join(out, 'checksums.txt'), sums.join(''));
console.log(`release/: ${name}.tar.gz, checksums.txt of ${String(sums.length)} files, notes.md`);
