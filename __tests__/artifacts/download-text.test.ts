import { describe, expect, it } from '@jest/globals';
import { downloadText } from '../../src/artifacts/download-text.ts';
import { FakeClock } from '../helpers/fake-clock.ts';
import { bootstrapFailure, quiet } from '../helpers/failure.ts';

/** Answers one after the other, the last one again and again. */
function answers(...given: readonly (() => Response | Promise<Response>)[]) {
  let asked = 0;
  const fetch = (): Promise<Response> => {
    const answer = given[Math.min(asked, given.length - 1)];
    asked += 1;
    return Promise.resolve().then(() => answer?.() ?? Promise.reject(new TypeError('none')));
  };
  const text = (signal = quiet) => downloadText('https://h/x', { clock: new FakeClock(), signal, fetch });
  return { text, asked: () => asked };
}

const status = (code: number) => () => new Response('no', { status: code });
const lost = (): Response =>
  new Response(
    new ReadableStream({
      pull: (controller) => {
        controller.error(new TypeError('terminated', { cause: new Error('socket hang up') }));
      },
    }),
  );

describe('a short text', () => {
  it('is what the server says', async () => {
    const { text, asked } = answers(() => new Response('v1.36.4 – ok\n'));
    expect(await text()).toBe('v1.36.4 – ok\n');
    expect(asked()).toBe(1);
  });

  it('is asked for again after an error of the server, or a connection that is lost', async () => {
    const { text, asked } = answers(status(503), lost, () => new Response('x'));
    expect(await text()).toBe('x');
    expect(asked()).toBe(3);
  });

  it('is given up after three', async () => {
    const { text, asked } = answers(lost);
    expect(await bootstrapFailure(text())).toMatchObject({
      code: 'E_DOWNLOAD',
      message: 'cannot fetch https://h/x: connection lost: socket hang up',
    });
    expect(asked()).toBe(3);
  });

  it('that is not there is not asked for again', async () => {
    const { text, asked } = answers(status(404));
    expect(await bootstrapFailure(text())).toMatchObject({
      code: 'E_DOWNLOAD',
      message: 'cannot fetch https://h/x: HTTP 404',
    });
    expect(asked()).toBe(1);
  });

  it('is not read on when it is not short', async () => {
    const { text, asked } = answers(() => new Response('x'.repeat(5_000)));
    expect((await bootstrapFailure(text())).message).toContain('larger than 4 KiB');
    expect(asked()).toBe(1);
  });

  it('is not waited for by a run that was cancelled', async () => {
    const cancelled = new AbortController();
    const reason = new Error('cancelled');
    const { text, asked } = answers(() => {
      cancelled.abort(reason);
      throw new TypeError('fetch failed');
    });
    await expect(text(cancelled.signal)).rejects.toBe(reason);
    expect(asked()).toBe(1);
  });
});
