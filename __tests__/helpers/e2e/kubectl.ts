import { chmodSync, writeFileSync } from 'node:fs';
import { delimiter, dirname } from 'node:path';
import { bed, temporaryFile } from './bed.ts';

/** Puts the bed's kubectl on this process' PATH, where hosted runners have one. @returns undoes it. */
export async function kubectlOnPath(): Promise<() => void> {
  const { mirror, kubernetes } = bed();
  const answer = await fetch(`${mirror}/dl.k8s.io/release/v${kubernetes[0] ?? ''}/bin/linux/amd64/kubectl`);
  if (!answer.ok) throw new Error(`the mirror has no kubectl: ${String(answer.status)}`);
  const path = temporaryFile('kubectl', '');
  writeFileSync(path, Buffer.from(await answer.arrayBuffer()));
  chmodSync(path, 0o755);
  const before = process.env['PATH'];
  process.env['PATH'] = [dirname(path), before ?? ''].join(delimiter);
  return () => {
    process.env['PATH'] = before;
  };
}
