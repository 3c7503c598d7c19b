import { existsSync, readFileSync } from 'node:fs';
import { stripVTControlCharacters } from 'node:util';

interface Results {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numRuntimeErrorTestSuites: number;
  readonly testResults: readonly {
    readonly name: string;
    readonly message: string;
    readonly assertionResults: readonly {
      readonly fullName: string;
      readonly status: string;
      readonly failureMessages: readonly string[];
    }[];
  }[];
}

/** Of each failure, enough to tell what happened where only the end of a log is kept. */
const LINES_EACH = 20;

/** What failed and `N passed, N failed` over Jest's result files; one that is missing, or says nothing, counts as a failure. */
const [failedStages = '0', ...files] = process.argv.slice(2);
let passed = 0;
let failed = Number(failedStages);
for (const file of files) {
  if (!existsSync(file)) {
    failed += 1;
    continue;
  }
  const results = JSON.parse(readFileSync(file, 'utf8')) as Results;
  passed += results.numPassedTests;
  failed += results.numFailedTests + results.numRuntimeErrorTestSuites;
  for (const { name, message, assertionResults } of results.testResults) {
    if (assertionResults.length === 0 && message !== '') tell(name, message);
    for (const { fullName, status, failureMessages } of assertionResults)
      if (status === 'failed') tell(`${name}: ${fullName}`, failureMessages.join('\n'));
  }
}
console.log(`${String(passed)} passed, ${String(failed)} failed`);
process.exitCode = failed === 0 ? 0 : 1;

function tell(what: string, message: string): void {
  const lines = stripVTControlCharacters(message)
    .split('\n')
    .filter((line) => line.trim() !== '');
  console.log(`FAILED ${what}`);
  for (const line of lines.slice(0, LINES_EACH)) console.log(`    ${line.slice(0, 400)}`);
}
