import { existsSync, readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { probeAll } from '../../src/verify/probe.ts';
import type { FakeHandler } from '../helpers/fake-runner.ts';
import { SandboxShell } from '../helpers/sandbox-shell.ts';
import { placement, verifyContext } from '../helpers/verify-context.ts';

/** The probes' script, run for real over a fake wget; time passes by asking for it. */
describe('the probe script', () => {
  let shell: SandboxShell;
  beforeEach(() => {
    shell = new SandboxShell()
      .fake('sleep', '')
      .fake('date', 'echo x >> "$DIR/asked"; wc -l < "$DIR/asked"')
      .fake('timeout', 'shift; exec "$@"');
  });
  afterEach(() => {
    shell[Symbol.dispose]();
  });

  const observe = (wget: string) => {
    shell.fake('wget', `for url in "$@"; do :; done; echo "$url" >> "$DIR/wgets"\n${wget}`);
    const inPod: FakeHandler = (argv, options) => shell.run(argv.slice(argv.indexOf('--') + 1), options);
    const { context, runner } = verifyContext([placement('n1')]);
    runner.on(/ exec nginx-n1 /, inPod);
    const target = (to: string) => ({ label: to, url: `http://${to}/`, answeredBy: [`nginx-${to}`] });
    return probeAll(context, [target('n1'), target('n2')]);
  };
  const wgets = (): string[] => readFileSync(shell.path('wgets'), 'utf8').trim().split('\n');

  test('asks each once that answers at once', async () => {
    const observation = await observe('echo "nginx-${url#http://}" | tr -d /');
    expect(observation).toMatchObject({ status: 'pass' });
    expect(wgets()).toEqual(['http://n1/', 'http://n2/']);
  });

  test('asks again until it is answered', async () => {
    const observation = await observe(
      '[ $(grep -c "$url" "$DIR/wgets") -ge 3 ] || exit 1; echo "nginx-${url#http://}" | tr -d /',
    );
    expect(observation).toMatchObject({ status: 'pass' });
    expect(wgets()).toHaveLength(6);
  });

  test('gives up in the end, and goes on to the next', async () => {
    const observation = await observe(
      'case $url in *n1*) echo "wget: no route" >&2; exit 1;; *) echo nginx-n2;; esac',
    );
    expect(observation.probes).toEqual([
      { from: 'n1', to: 'n1', status: 'fail', detail: 'wget: no route' },
      { from: 'n1', to: 'n2', status: 'pass', detail: 'nginx-n2' },
    ]);
    expect(wgets().length).toBeGreaterThan(5);
  });

  test('an answer of several lines cannot speak for others, nor run anything', async () => {
    const observation = await observe(
      `case $url in *n1*) printf 'x\\n1 0 nginx-n2\\n$(touch "$DIR/pwned")';; *) exit 1;; esac`,
    );
    expect(observation.probes?.map(({ status }) => status)).toEqual(['fail', 'fail']);
    expect(existsSync(shell.path('pwned'))).toBe(false);
  });
});
