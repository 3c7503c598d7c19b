import { expect } from '@jest/globals';
import type { Report } from '../../../src/report/model.ts';
import type { CliResult } from './cli.ts';

/** What a command with `--json` prints last. */
export function reportOf({ stdout }: Pick<CliResult, 'stdout'>): Report {
  return JSON.parse(stdout.trim().split('\n').at(-1) ?? '') as Report;
}

/** Of an `up --json` that came to its end and verified the cluster, or the test fails. */
export function verifiedReport({ exitCode, stdout, stderr }: CliResult): Report {
  expect([exitCode, stderr]).toEqual([0, '']);
  const report = reportOf({ stdout });
  expectVerified(report);
  return report;
}

export function expectVerified({ checks }: Report): void {
  expect(checks.map(({ id, status }) => [id, status])).toEqual([
    ['nginx-running', 'pass'],
    ['nginx-answers', 'pass'],
    ['service', 'pass'],
    ['dns', 'pass'],
  ]);
}
