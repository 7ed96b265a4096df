import { type Agent, type ClientRequest, type IncomingMessage, request } from 'node:http';
import { DrydockError } from '../errors.ts';
import { printable } from './engine-errors.ts';

/** How much is taken from a daemon that may be anything: the learner is root where it runs. */
export interface ReplyBounds {
  /** bytes of one reply */
  maxBytes: number;
  /** milliseconds from asking to the last byte */
  timeoutMs: number;
}

/** Of an error's text no more than this is read (bytes). */
const errorBodyLimit = 8 * 1024;

/**
 * `GET path` over the agent's connections. dockerode is not used on a learner's daemon: it follows redirects,
 * which would let that daemon make this server fetch any address, and it keeps whole replies of any size.
 *
 * @returns the body, or null when the answer is 404
 * @throws daemon.unreachable, daemon.invalid-reply, daemon.refused
 */
export async function boundedGet(agent: Agent, path: string, bounds: ReplyBounds): Promise<Buffer | null> {
  return new Promise<Buffer | null>((resolve, reject) => {
    let outgoing: ClientRequest | null = null;
    const timer = setTimeout(() => fail(noAnswer(new Error('no whole reply in time'))), bounds.timeoutMs);
    const fail = (error: DrydockError): void => {
      clearTimeout(timer);
      reject(error);
      outgoing?.destroy();
    };
    const send = (mayRetry: boolean): void => {
      const attempt = startGet(agent, path, (error) => {
        // A kept connection whose other end went away (a daemon that was restarted) says nothing about the daemon.
        if (mayRetry && attempt.reusedSocket && isReset(error)) send(false);
        else fail(connectionError(error));
      });
      outgoing = attempt;
      attempt.on('response', (response) => {
        const good = response.statusCode === 200;
        readBody(response, good ? bounds.maxBytes : errorBodyLimit).then(
          (body) => {
            clearTimeout(timer);
            if (good) resolve(body);
            else if (response.statusCode === 404) resolve(null);
            else reject(refused(response.statusCode ?? 0, body));
          },
          (error: Error) => fail(connectionError(error)),
        );
      });
    };
    send(true);
  });
}

/**
 * Opens an endless reply, such as the events. The caller destroys it.
 * @throws daemon.unreachable, daemon.refused, daemon.invalid-reply
 */
export async function openStream(agent: Agent, path: string, headerTimeoutMs: number): Promise<IncomingMessage> {
  return new Promise<IncomingMessage>((resolve, reject) => {
    const timer = setTimeout(() => fail(noAnswer(new Error('no headers in time'))), headerTimeoutMs);
    const fail = (error: DrydockError): void => {
      clearTimeout(timer);
      reject(error);
      outgoing.destroy();
    };
    const outgoing = startGet(agent, path, (error) => fail(connectionError(error)));
    outgoing.on('response', (response) => {
      if (response.statusCode === 200) {
        clearTimeout(timer);
        resolve(response);
        return;
      }
      readBody(response, errorBodyLimit).then(
        (body) => fail(refused(response.statusCode ?? 0, body)),
        (error: Error) => fail(connectionError(error)),
      );
    });
  });
}

function startGet(agent: Agent, path: string, onError: (error: Error) => void): ClientRequest {
  const outgoing = request({ agent, path, method: 'GET', host: 'docker', headers: { Accept: 'application/json' } });
  outgoing.on('error', onError);
  // A connection that is turned into something else is no reply.
  outgoing.on('upgrade', (_response, socket) => {
    socket.destroy();
    onError(invalidReply('it switched protocols'));
  });
  outgoing.end();
  return outgoing;
}

function isReset(error: Error): boolean {
  return 'code' in error && (error.code === 'ECONNRESET' || error.code === 'EPIPE');
}

async function readBody(response: IncomingMessage, maxBytes: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of response as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    // Leaving the loop destroys the response, and with it the connection.
    if (bytes > maxBytes) throw invalidReply(`it is larger than ${maxBytes} bytes`);
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

function connectionError(error: Error): DrydockError {
  if (error instanceof DrydockError) return error;
  // What llhttp cannot parse is an answer, only not one of HTTP.
  const code = 'code' in error && typeof error.code === 'string' ? error.code : '';
  return code.startsWith('HPE_') ? invalidReply('it is not HTTP', error) : noAnswer(error);
}

function noAnswer(cause: unknown): DrydockError {
  return new DrydockError(
    'daemon.unreachable',
    'The Docker in your sandbox does not answer. If you stopped it yourself, start the sandbox anew; otherwise try again in a moment.',
    { cause },
  );
}

export function invalidReply(reason: string, cause?: unknown): DrydockError {
  return new DrydockError(
    'daemon.invalid-reply',
    `The Docker in your sandbox gave an answer that cannot be used: ${reason}. If you replaced Docker's socket, start the sandbox anew.`,
    { cause },
  );
}

function refused(status: number, body: Buffer): DrydockError {
  let words = body.toString('utf8');
  try {
    const value: unknown = JSON.parse(words);
    if (typeof value === 'object' && value !== null && 'message' in value && typeof value.message === 'string') {
      words = value.message;
    }
  } catch {
    // Not JSON: quoted as it is.
  }
  return new DrydockError('daemon.refused', `Docker says: ${printable(words) || `HTTP status ${status}`}`, {
    details: { status },
  });
}
