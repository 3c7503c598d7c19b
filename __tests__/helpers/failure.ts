import { BootstrapError } from '../../src/lib/errors.ts';

/** The BootstrapError that work fails with; anything else is a failure of the test. */
export async function bootstrapFailure(work: Promise<unknown> | (() => unknown)): Promise<BootstrapError> {
  const thrown = await outcomeOf(work);
  if (thrown instanceof BootstrapError) return thrown;
  throw thrown;
}

async function outcomeOf(work: Promise<unknown> | (() => unknown)): Promise<unknown> {
  try {
    await (typeof work === 'function' ? work() : work);
  } catch (error) {
    return error;
  }
  return new TypeError('it did not fail');
}

/** A signal that never aborts. */
export const quiet = new AbortController().signal;
