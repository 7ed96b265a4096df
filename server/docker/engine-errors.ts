import { DrydockError, describeError } from '../errors.ts';

/** Printable, on one line and at most `limit` characters: fit to be quoted to a person, whoever wrote it. */
export function printable(text: string, limit = 300): string {
  const clean = text
    .replace(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Co}\p{Cn}]+/gu, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return clean.length > limit ? `${clean.slice(0, limit - 1)}…` : clean;
}

/** What node reports when nobody answers at the engine's address, or stops answering half-way. */
const unreachableCodes = new Set([
  'ENOENT',
  'ECONNREFUSED',
  'ECONNRESET',
  'ECONNABORTED',
  'EACCES',
  'EPERM',
  'EPIPE',
  'ETIMEDOUT',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ENOTFOUND',
  'EAI_AGAIN',
  'ENOTSOCK',
  'ABORT_ERR',
]);

/** The HTTP status of an error thrown by dockerode, or undefined when it is none. */
export function engineStatus(error: unknown): number | undefined {
  const status = error instanceof Error && 'statusCode' in error ? error.statusCode : undefined;
  return typeof status === 'number' ? status : undefined;
}

/**
 * Turns whatever dockerode throws into a `DrydockError`. `doing` completes "could not …".
 * A `DrydockError` comes back as it is.
 */
export function toEngineError(error: unknown, doing: string): DrydockError {
  if (error instanceof DrydockError) return error;
  const status = engineStatus(error);
  if (status !== undefined) return refusal(status, error, doing);
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (typeof code === 'string' && unreachableCodes.has(code)) return engineUnreachable(doing, error);
  return new DrydockError(
    'engine.failed',
    `Drydock could not ${doing}: its Docker Engine gave an answer that cannot be used. Try again; the server log has the details.`,
    { cause: error },
  );
}

export function engineUnreachable(doing: string, cause: unknown): DrydockError {
  return new DrydockError(
    'engine.unreachable',
    `Drydock could not ${doing}, because its Docker Engine does not answer. Nothing you saved is lost. Try again in a moment; if it stays like this, whoever runs this Drydock has to start the engine.`,
    { cause },
  );
}

export function sandboxGone(id: string, cause?: unknown): DrydockError {
  return new DrydockError(
    'sandbox.gone',
    'Your sandbox is not running any more. Start it again to go on; the files in your home folder are kept.',
    { cause, details: { sandbox: id } },
  );
}

function refusal(status: number, error: unknown, doing: string): DrydockError {
  const words = describeError(error).replace(/^\(HTTP code \d+\) [^-]*- /, '');
  if (status === 404 && /no such image/i.test(words)) {
    return new DrydockError(
      'sandbox.image-missing',
      'The image sandboxes are made from is not on this server. Whoever runs this Drydock has to build it: `npm start` does.',
      { cause: error },
    );
  }
  return new DrydockError('engine.failed', `Drydock could not ${doing}. The Docker Engine says: ${printable(words)}`, {
    cause: error,
    details: { status },
  });
}

/**
 * Runs one request to the engine with a deadline, and maps what it throws. `run` gets a signal that aborts the
 * request when `milliseconds` are over.
 * @throws engine.unreachable when the engine does not answer in time
 */
export async function withDeadline<T>(
  doing: string,
  milliseconds: number,
  run: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  // A race, not the signal alone: dockerode never calls back when a reply's body breaks off.
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(engineUnreachable(doing, new Error(`no answer within ${milliseconds} ms`)));
      controller.abort();
    }, milliseconds);
  });
  try {
    return await Promise.race([run(controller.signal), late]);
  } catch (error) {
    throw toEngineError(error, doing);
  } finally {
    clearTimeout(timer);
  }
}
