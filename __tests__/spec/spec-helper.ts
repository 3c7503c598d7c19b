import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { cniCatalog } from '../../src/cni/index.ts';
import { BootstrapError } from '../../src/lib/errors.ts';
import type { ClusterSpec } from '../../src/spec/cluster-spec.ts';
import { loadSpec, type SpecSource } from '../../src/spec/load.ts';

export const dir = mkdtempSync(join(tmpdir(), 'k8s-bootstrap-spec-'));
afterAll(() => {
  rmSync(dir, { recursive: true });
});
writeFileSync(join(dir, 'key'), 'a key');
writeFileSync(join(dir, 'known_hosts'), '');

/** Two hosts with all they need; the first two lines of most tests' files. */
export const base =
  'hosts: [{address: 10.0.0.1}, {address: 10.0.0.2}]\nssh: {keyFile: key, knownHosts: known_hosts}\n';

export function load(text: string | undefined, more: Partial<SpecSource> = {}): ClusterSpec {
  const file = text === undefined ? {} : { file: { path: join(dir, 'c.yaml'), text } };
  return loadSpec({ ...file, env: { HOME: dir }, ...more }, { cnis: cniCatalog });
}

/** The error's message, with the folder taken out. */
export function messageOf(text: string | undefined, more: Partial<SpecSource> = {}): string {
  try {
    load(text, more);
  } catch (error) {
    if (error instanceof BootstrapError && error.code === 'E_SPEC')
      return error.message.replaceAll(`${dir}/`, '');
    throw error;
  }
  return 'no error';
}
