import { BootstrapError, type ErrorDetails } from '../../lib/errors.ts';
import type { ErrorCode } from '../../lib/error-codes.ts';

/** `once`: a host may have sshd up before it has the user's key, so that one more try is worth it. */
export type Retry = 'always' | 'once' | 'never';

/** A connection that did not come about, and whether trying again makes sense. */
export class DialError extends BootstrapError {
  readonly retry: Retry;
  /** Types of host key that the host has too, when the one it presented was wrong. */
  readonly otherKeyTypes: readonly string[];

  constructor(
    code: ErrorCode,
    message: string,
    details: ErrorDetails & { retry: Retry; otherKeyTypes?: readonly string[] },
  ) {
    super(code, message, details);
    this.retry = details.retry;
    this.otherKeyTypes = details.otherKeyTypes ?? [];
  }
}
