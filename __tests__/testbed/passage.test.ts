import { existsSync, readFileSync } from 'node:fs';
import { delimiter } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { openPassage as OpenPassage } from '../../testbed/src/bed/passage.ts';
import { SandboxShell } from '../helpers/sandbox-shell.ts';

describe('Docker’s chain for its users', () => {
  const shell = new SandboxShell();
  const path = process.env['PATH'];
  let openPassage: typeof OpenPassage;

  beforeAll(async () => {
    process.env['PATH'] = [shell.path('bin'), path].join(delimiter);
    ({ openPassage } = await import('../../testbed/src/bed/passage.ts'));
  });

  afterAll(() => {
    process.env['PATH'] = path;
    shell[Symbol.dispose]();
  });

  const policy = '-P FORWARD DROP';
  const isolation = '-A FORWARD -j DOCKER-ISOLATION-STAGE-1';
  const users = '-A FORWARD -j DOCKER-USER';

  test.each([
    ['comes first where a restarted engine put its own before', [policy, isolation, users], '', ['D', 'I']],
    ['is made where nobody made it', [policy, isolation], '*--list-rules*USER|*--check*FORWARD*', ['N', 'I']],
    ['stays where it is first', [policy, users, isolation], '', []],
  ])('%s', async (_, forward, failing, actions) => {
    const log = shell.path(`changes-${actions.join('')}`);
    shell.fake(
      'iptables',
      `case "$*" in
        *--list-rules*FORWARD) printf '%s\\n' '${forward.join("' '")}' ;;
        ${failing || '-'}) exit 1 ;;
        *--check*|*--list-rules*) ;;
        *) printf '%s\\n' "$*" >> '${log}' ;;
      esac`,
    );
    await openPassage();
    const changes = existsSync(log) ? readFileSync(log, 'utf8').trim().split('\n') : [];
    const known = {
      D: '--wait --delete FORWARD --jump DOCKER-USER',
      I: '--wait --insert FORWARD --jump DOCKER-USER',
      N: '--wait --new-chain DOCKER-USER',
    };
    expect(changes).toEqual(actions.map((action) => known[action as keyof typeof known]));
  });
});
