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

/** Codes whose words are ours or the host engine's, which knows nothing of a learner but an id. */
const speakable = [
  'config.',
  'engine.',
  'host.',
  'store.',
  'egress.',
  'image.',
  'bundle.',
  'registry.',
  'sandbox.image-missing',
  'sandbox.limit',
];

interface ErrorFacts {
  kind: string;
  code?: string;
  message?: string;
  at?: string[];
}

/**
 * What a log may hold of anything thrown, from level info on. Words of other errors can quote what a learner typed,
 * named or wrote (a path, a container, a line of JSON): of those there are only the code, the kind and the place.
 */
export function errorForLog(error: unknown): { error: ErrorFacts; cause?: ErrorFacts } {
  const facts = factsOf(error);
  return error instanceof Error && error.cause !== undefined
    ? { error: facts, cause: factsOf(error.cause) }
    : { error: facts };
}

function factsOf(error: unknown): ErrorFacts {
  if (error instanceof DrydockError) {
    const { name: kind, code, message } = error;
    return speakable.some((prefix) => code.startsWith(prefix)) ? { kind, code, message } : { kind, code };
  }
  if (!(error instanceof Error)) return { kind: typeof error };
  const code = 'code' in error && typeof error.code === 'string' ? { code: error.code.slice(0, 64) } : {};
  return { kind: error.name.slice(0, 64), ...code, at: placesOf(error) };
}

/** The stack without its head, which is the message. */
function placesOf({ stack = '', message }: Error): string[] {
  const head = stack.indexOf(message);
  const lines = stack.slice(head + message.length).split('\n');
  return head === -1
    ? []
    : lines
        .map((line) => line.trim())
        .filter((line) => line !== '')
        .slice(0, 12);
}
