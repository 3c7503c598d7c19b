import { describe, expect, test } from '@jest/globals';
import type { RunOptions } from '../../../src/exec/runner.ts';
import { createCluster, KindError, type Creation, type Phase } from '../../../src/providers/kind/creation.ts';
import { FakeRunner, type FakeResult } from '../../helpers/fake-runner.ts';

const PREPARED = ' ✓ Writing configuration 📜';
const INITIALISED = ' ✓ Starting control-plane 🕹️';

/** A kind that says and does what the test wants. */
function start(signal = new AbortController().signal) {
  const end = Promise.withResolvers<FakeResult>();
  const lines: string[] = [];
  let onLine: RunOptions['onLine'];
  const local = new FakeRunner().on(/ create cluster /, (_, options) => {
    onLine = options.onLine;
    options.signal?.addEventListener('abort', () => {
      end.reject(options.signal?.reason);
    });
    return end.promise;
  });
  const creation = createCluster(local, {
    binary: '/bin/kind',
    name: 'c',
    config: 'token: secret-token',
    kubeconfig: '/tmp/k',
    timeoutMs: 5_000,
    signal,
    onLine: (line) => lines.push(line),
  });
  return { creation, local, lines, end, say: (line: string) => onLine?.(line, 'stderr') };
}

/** What became of the stages so far. */
async function stages({ prepared, initialised, joined }: Creation): Promise<readonly string[]> {
  const pending = Promise.resolve('pending');
  const outcomes = [prepared, initialised, joined].map((stage) =>
    Promise.race([stage.then(() => 'done'), pending.then((word) => pending.then(() => word))]).catch(
      (error: unknown) => (error instanceof KindError ? `failed in ${error.phase}` : String(error)),
    ),
  );
  return Promise.all(outcomes);
}

describe('createCluster', () => {
  test('gives the configuration by stdin, and keeps nodes that failed', () => {
    const [call] = start().local.calls;
    expect(call?.argv).toEqual(
      '/bin/kind create cluster --name c --config - --retain --kubeconfig /tmp/k'.split(' '),
    );
    expect(call?.options).toMatchObject({ input: 'token: secret-token', timeoutMs: 5_000 });
    expect(JSON.stringify([call?.argv, call?.options.env])).not.toContain('secret');
  });

  test('its stages end as kind says so', async () => {
    const { creation, say, end, lines } = start();
    say(' • Preparing nodes 📦  ...');
    expect(await stages(creation)).toEqual(['pending', 'pending', 'pending']);
    say(PREPARED);
    expect(await stages(creation)).toEqual(['done', 'pending', 'pending']);
    say(INITIALISED);
    say('   ');
    expect(await stages(creation)).toEqual(['done', 'done', 'pending']);
    end.resolve('');
    await creation.ended;
    expect(await stages(creation)).toEqual(['done', 'done', 'done']);
    expect(lines).toEqual(['• Preparing nodes 📦  ...', PREPARED.trim(), INITIALISED.trim()]);
  });

  test('a kind that says it otherwise is done when it ends', async () => {
    const { creation, say, end } = start();
    say('nodes: ready');
    expect(await stages(creation)).toEqual(['pending', 'pending', 'pending']);
    end.resolve('');
    await creation.ended;
    expect(await stages(creation)).toEqual(['done', 'done', 'done']);
  });

  test.each<[Phase, readonly string[], readonly string[]]>([
    ['prepare', [], ['failed in prepare', 'failed in prepare', 'failed in prepare']],
    ['init', [PREPARED], ['done', 'failed in init', 'failed in init']],
    ['join', [PREPARED, INITIALISED], ['done', 'done', 'failed in join']],
  ])('a failure tells that it was at %s, with all that was said', async (phase, said, expected) => {
    const { creation, say, end } = start();
    for (const line of said) say(line);
    end.resolve({ exitCode: 1, stderr: 'ERROR: no\n' });
    await creation.ended;
    expect(await stages(creation)).toEqual(expected);
    const error: unknown = await creation.joined.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ phase, output: 'ERROR: no\n', cause: { code: 'E_COMMAND' } });
  });

  test('an abort is its own reason, for whoever waits', async () => {
    const controller = new AbortController();
    const { creation, say } = start(controller.signal);
    say(PREPARED);
    const reason = new Error('enough');
    controller.abort(reason);
    await expect(creation.initialised).rejects.toBe(reason);
    await expect(creation.joined).rejects.toBe(reason);
    await expect(creation.ended).resolves.toBeUndefined();
    await expect(creation.prepared).resolves.toBeUndefined();
  });

  test('stages that nobody waits for are no unhandled rejections', async () => {
    const unhandled: unknown[] = [];
    const onUnhandled = (reason: unknown): void => void unhandled.push(reason);
    process.on('unhandledRejection', onUnhandled);
    const { creation, end } = start();
    end.resolve({ exitCode: 1 });
    await creation.ended;
    // Node tells of them when the turn is over.
    for (let turn = 0; turn < 2; turn += 1) await new Promise((resolve) => setImmediate(resolve));
    process.off('unhandledRejection', onUnhandled);
    expect(unhandled).toEqual([]);
  });
});
