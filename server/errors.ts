import type { ErrorBody, ErrorCode } from '../protocol/errors.ts';

/**
 * The one error class of the server. `message` is for the person (what happened, why, what to do);
 * `cause` is for the log and never leaves the server.
 */
export class DrydockError extends Error {
  readonly code: ErrorCode;
  readonly details: Record<string, unknown> | undefined;

  constructor(code: ErrorCode, message: string, options: { cause?: unknown; details?: Record<string, unknown> } = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = 'DrydockError';
    this.code = code;
    this.details = options.details;
  }

  toBody(): ErrorBody {
    return this.details === undefined
      ? { code: this.code, message: this.message }
      : { code: this.code, message: this.message, details: this.details };
  }
}

/** The body a client gets for anything thrown; what is not ours stays in the log and becomes `internal`. */
export function toErrorBody(error: unknown): ErrorBody {
  if (error instanceof DrydockError) return error.toBody();
  return {
    code: 'internal',
    message:
      'Something went wrong inside Drydock. Nothing you saved is lost. Try again; the server log has the details.',
  };
}

/** The message of anything thrown, for logs and for causes that are quoted. */
export function describeError(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
