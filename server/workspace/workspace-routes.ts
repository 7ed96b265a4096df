import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Answer, ErrorCode } from '../../protocol/errors.ts';
import { limits } from '../../protocol/limits.ts';
import { DrydockError, toErrorBody } from '../errors.ts';
import { tooLargeToUpload } from './upload.ts';
import type { Workspace } from './workspace.ts';

/**
 * The files of a lesson over HTTP: what is too large for the socket. Who asks, and whether they may, is settled
 * by the caller. Answers are JSON `Answer`s, save the downloads. Nothing here rejects.
 */

/** GET: everything as `<lesson>.tar.gz`. */
export async function handleArchive(
  request: IncomingMessage,
  response: ServerResponse,
  workspace: Workspace,
  lesson: string,
): Promise<void> {
  await answering(request, response, ['GET'], async () => {
    const stream = await workspace.archive();
    await sendDownload(response, stream, `${lesson.slice(lesson.indexOf('/') + 1)}.tar.gz`, 'application/gzip', null);
  });
}

/** GET: one file as it is, always as a download: the learner's HTML never runs on this page's origin. */
export async function handleDownload(
  request: IncomingMessage,
  response: ServerResponse,
  workspace: Workspace,
  path: string,
): Promise<void> {
  await answering(request, response, ['GET'], async () => {
    const { size, stream } = await workspace.download(path);
    await sendDownload(response, stream, path.slice(path.lastIndexOf('/') + 1), 'application/octet-stream', size);
  });
}

/** PUT with the raw bytes as body. `?replace=1` on the URL allows to replace a file that is there. */
export async function handleUpload(
  request: IncomingMessage,
  response: ServerResponse,
  workspace: Workspace,
  path: string,
): Promise<void> {
  await answering(request, response, ['PUT'], async () => {
    const announced = Number(request.headers['content-length'] ?? 0);
    if (announced > limits.fileUpload) throw tooLargeToUpload(path);
    const replace = new URL(request.url ?? '/', 'http://localhost').searchParams.get('replace') === '1';
    const { size, version } = await workspace.upload(path, request, { replace });
    sendJson(response, 201, { ok: true, data: { path, size, version } });
  });
}

async function sendDownload(
  response: ServerResponse,
  stream: Readable,
  name: string,
  type: string,
  size: number | null,
): Promise<void> {
  response.writeHead(200, {
    'content-type': type,
    'content-disposition': contentDisposition(name),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(size === null ? {} : { 'content-length': String(size) }),
  });
  // A failure half-way closes the connection, so that the browser does not take it for the whole file.
  await pipeline(stream, response);
}

/** RFC 6266: a plain name for old clients, and the real one in UTF-8. */
export function contentDisposition(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%]/g, '_');
  const encoded = encodeURIComponent(name).replace(
    /['()*]/g,
    (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

const statuses: Partial<Record<ErrorCode, number>> = {
  'request.malformed': 405,
  'file.path-invalid': 400,
  'file.not-found': 404,
  'file.exists': 409,
  'file.is-folder': 409,
  'file.conflict': 409,
  'file.too-large': 413,
  'file.no-space': 507,
  'sandbox.none': 409,
  'sandbox.starting': 503,
  'sandbox.gone': 503,
  'engine.unreachable': 503,
};

async function answering(
  request: IncomingMessage,
  response: ServerResponse,
  methods: string[],
  handle: () => Promise<void>,
): Promise<void> {
  try {
    if (!methods.includes(request.method ?? '')) {
      response.setHeader('allow', methods.join(', '));
      throw new DrydockError('request.malformed', `This address takes ${methods.join(', ')} only.`);
    }
    await handle();
  } catch (error) {
    if (response.headersSent || response.destroyed) {
      response.destroy();
      return;
    }
    const body = toErrorBody(error);
    // What is left of a refused upload is not worth receiving.
    if (!request.complete) response.setHeader('connection', 'close');
    sendJson(response, statuses[body.code] ?? 500, { ok: false, error: body });
  }
}

function sendJson(response: ServerResponse, status: number, body: Answer<unknown>): void {
  response.writeHead(status, { 'content-type': 'application/json; charset=utf-8', 'cache-control': 'no-store' });
  response.end(JSON.stringify(body));
}
