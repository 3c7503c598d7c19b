import { errorCodes, type ErrorCode } from './error-codes.ts';

export interface ErrorDetails {
  /** Address of the host it happened on. */
  readonly host?: string | undefined;
  /** Id of the step it happened in. */
  readonly step?: string | undefined;
  /** What the user can do about it. */
  readonly hint?: string | undefined;
  /** Where in the user's input: `file:line:column` or a field path such as `hosts[1].address`. */
  readonly where?: string | undefined;
  readonly cause?: unknown;
  /** The single failures of a parallel one; each names its own host. */
  readonly errors?: readonly BootstrapError[] | undefined;
}

/** The one error that users see: a stable code, one clear sentence, where, and how to fix it. */
export class BootstrapError extends Error {
  override readonly name = 'BootstrapError';
  readonly code: ErrorCode;
  readonly host: string | undefined;
  readonly step: string | undefined;
  readonly hint: string | undefined;
  readonly where: string | undefined;
  readonly errors: readonly BootstrapError[];

  constructor(code: ErrorCode, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.host = details.host;
    this.step = details.step;
    this.hint = details.hint;
    this.where = details.where;
    this.errors = details.errors ?? [];
  }

  /** The process exit status that belongs to the code. */
  get exitCode(): number {
    return errorCodes[this.code];
  }

  /** The single failures of a parallel one, else the error itself. */
  get singles(): readonly BootstrapError[] {
    return this.errors.length === 0 ? [this] : this.errors.flatMap((error) => error.singles);
  }

  /** A copy that also says where it happened; what is already known stays. */
  in(place: { host?: string | undefined; step?: string | undefined }): BootstrapError {
    return new BootstrapError(this.code, this.message, {
      host: this.host ?? place.host,
      step: this.step ?? place.step,
      hint: this.hint,
      where: this.where,
      cause: this.cause,
      errors: this.errors,
    });
  }
}

/** Anything thrown as a BootstrapError: what already is one stays, the rest is `E_INTERNAL`. */
export function toBootstrapError(error: unknown): BootstrapError {
  if (error instanceof BootstrapError) return error;
  const message = error instanceof Error ? error.message : String(error);
  return new BootstrapError('E_INTERNAL', message, { cause: error });
}

/** One error out of several: a single one stays itself, more are listed one line each, in the given order. */
export function combineErrors(errors: readonly BootstrapError[]): BootstrapError {
  const [first] = errors;
  if (first === undefined) throw new TypeError('combineErrors needs at least one error');
  if (errors.length === 1) return first;
  const lines = errors.map((error) => ` - ${error.host ?? error.step ?? 'cluster'}: ${error.message}`);
  return new BootstrapError(first.code, `${String(errors.length)} failures:\n${lines.join('\n')}`, {
    step: first.step,
    hint: first.hint,
    errors,
  });
}
