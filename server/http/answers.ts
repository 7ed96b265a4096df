import type { ServerResponse } from 'node:http';
import type { ErrorCode } from '../../protocol/errors.ts';
import { toErrorBody } from '../errors.ts';

/** HTTP status of an error code; what is not named here is the server's own failure. */
const statuses: Partial<Record<ErrorCode, number>> = {
  'request.malformed': 400,
  'request.unknown': 404,
  'request.too-large': 413,
  'request.too-many': 429,
  'request.origin': 403,
  'access.unauthenticated': 401,
  'access.denied': 403,
  'operator.unauthorised': 401,
  'lesson.not-found': 404,
  'lesson.invalid': 422,
  'sandbox.none': 409,
  'sandbox.starting': 409,
  'sandbox.stopped': 409,
  'sandbox.gone': 409,
  'sandbox.limit': 503,
  'engine.unreachable': 503,
  'host.disk-full': 507,
  'archive.not-found': 404,
  'file.path-invalid': 400,
  'file.not-found': 404,
  'file.exists': 409,
  'file.is-folder': 409,
  'file.too-large': 413,
  'file.no-space': 507,
};

export function answerJson(response: ServerResponse, status: number, body: unknown): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'Content-Type': 'application/json; charset=utf-8',
    'Content-Length': Buffer.byteLength(text),
    'Cache-Control': 'no-store',
  });
  response.end(text);
}

/** Answers `{ok: false, error: {code, message}}`; an answer that has begun is cut off instead. */
export function answerError(response: ServerResponse, error: unknown): void {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  const body = toErrorBody(error);
  answerJson(response, statuses[body.code] ?? 500, { ok: false, error: body });
}
