import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DrydockError, errorForLog } from '../errors.ts';
import { answerError, answerJson } from '../http/answers.ts';
import { isAddressedToUs } from '../http/same-origin.ts';
import type { Logger } from '../logger.ts';
import type { ListedSandbox } from './listed-sandbox.ts';
import { type OperatorRecord, removeOperatorRecord, writeOperatorRecord } from './operator-record.ts';

export interface OperatorServerOptions {
  /** `port` 0: any free one; `token` null: one is made at every start. */
  config: { port: number; token: string | null };
  dataDir: string;
  logger: Logger;
  metrics: () => Promise<{ contentType: string; text: string }>;
  sandboxes: {
    list(): Promise<ListedSandbox[]>;
    /** @throws DrydockError */
    stop(id: string): Promise<void>;
    /** The learner's files are kept as an archive, or given up. @throws DrydockError */
    remove(id: string, files: 'keep' | 'discard'): Promise<void>;
  };
}

export interface OperatorServer {
  /** Listens, and writes where into the data folder. @throws config.invalid when the port is taken */
  start(): Promise<{ port: number; token: string }>;
  stop(): Promise<void>;
}

const address = '127.0.0.1';

interface Route {
  method: 'GET' | 'POST' | 'DELETE';
  path: RegExp;
  answer(response: ServerResponse, id: string, query: string): Promise<void>;
}

/**
 * For whoever runs the lab: metrics, and sandboxes to be stopped or removed. A listener of its own on loopback, apart
 * from the pages' one; every request has to bring the token, which is in a file that only the lab's user can read.
 */
export function createOperatorServer(options: OperatorServerOptions): OperatorServer {
  const { config, dataDir, logger } = options;
  const token = config.token ?? randomBytes(24).toString('base64url');
  const routes = routesOf(options);
  const server = createServer((request, response) => {
    handle(routes, token, request, response).catch((error: unknown) => {
      if (!(error instanceof DrydockError)) logger.error(errorForLog(error), 'a request of the operator failed');
      answerError(response, error);
    });
  });
  server.headersTimeout = 5_000;
  server.requestTimeout = 10_000;
  server.maxConnections = 64;
  let record: OperatorRecord | null = null;
  return {
    start: async () => {
      server.listen(config.port, address);
      await once(server, 'listening').catch((cause: unknown) => {
        throw cannotListen(config.port, cause);
      });
      const { port } = server.address() as AddressInfo;
      record = { port, token, pid: process.pid, startedAt: Date.now() };
      await writeOperatorRecord(dataDir, record);
      return { port, token };
    },
    stop: async () => {
      if (record !== null) await removeOperatorRecord(dataDir, record);
      record = null;
      await close(server);
    },
  };
}

async function handle(
  routes: readonly Route[],
  token: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  response.setHeader('X-Content-Type-Options', 'nosniff');
  response.setHeader('Cache-Control', 'no-store');
  if (!isAddressedToUs(request, address)) {
    throw new DrydockError('request.origin', 'The operator’s port answers only to the name localhost or 127.0.0.1.');
  }
  if (!carries(token, request.headers.authorization)) {
    response.setHeader('WWW-Authenticate', 'Bearer');
    throw new DrydockError(
      'operator.unauthorised',
      'This needs the header “Authorization: Bearer TOKEN”. The token is in operator.json of the lab’s data folder.',
    );
  }
  // Nothing here takes a body, so that none has to be read.
  if (request.headers['transfer-encoding'] !== undefined || Number(request.headers['content-length'] ?? 0) !== 0) {
    response.setHeader('Connection', 'close');
    throw new DrydockError('request.too-large', 'Send no body: everything is in the address.');
  }
  const path = request.url?.split('?', 1)[0] ?? '';
  const there = routes.flatMap((route) => {
    const match = route.path.exec(path);
    return match === null ? [] : [{ route, id: match[1] ?? '' }];
  });
  const found = there.find(({ route }) => route.method === request.method);
  if (found !== undefined) {
    await found.route.answer(response, found.id, request.url?.split('?', 2)[1] ?? '');
    return;
  }
  if (there.length === 0) {
    throw new DrydockError(
      'request.unknown',
      'There is nothing at this address. There are GET /metrics, GET /sandboxes, POST /sandboxes/ID/stop and DELETE /sandboxes/ID.',
    );
  }
  const allowed = there.map(({ route }) => route.method).join(', ');
  response.setHeader('Allow', allowed);
  const message = `This address takes ${allowed} only.`;
  answerJson(response, 405, { ok: false, error: { code: 'request.unknown', message } });
}

function routesOf({ metrics, sandboxes }: OperatorServerOptions): readonly Route[] {
  const act = async (response: ServerResponse, id: string, run: (id: string) => Promise<void>) => {
    const sandbox = (await sandboxes.list()).find((each) => each.id === id);
    if (sandbox === undefined) {
      const message = 'There is no sandbox of this id. GET /sandboxes lists all.';
      answerJson(response, 404, { ok: false, error: { code: 'sandbox.none', message } });
      return;
    }
    await run(id);
    answerJson(response, 200, { ok: true });
  };
  return [
    {
      method: 'GET',
      path: /^\/metrics$/,
      answer: async (response) => {
        const { contentType, text } = await metrics();
        response.writeHead(200, { 'Content-Type': contentType, 'Content-Length': Buffer.byteLength(text) });
        response.end(text);
      },
    },
    {
      method: 'GET',
      path: /^\/sandboxes$/,
      answer: async (response) => answerJson(response, 200, { sandboxes: await sandboxes.list() }),
    },
    {
      method: 'POST',
      path: /^\/sandboxes\/([a-z0-9]{8,32})\/stop$/,
      answer: (response, id) => act(response, id, (known) => sandboxes.stop(known)),
    },
    {
      method: 'DELETE',
      path: /^\/sandboxes\/([a-z0-9]{8,32})$/,
      answer: (response, id, query) =>
        act(response, id, (known) => sandboxes.remove(known, query === 'files=discard' ? 'discard' : 'keep')),
    },
  ];
}

/** Compares digests, so that neither time nor length tells anything of the token. */
function carries(token: string, header: string | undefined): boolean {
  const given = /^Bearer ([\w-]{1,200})$/i.exec(header ?? '')?.[1] ?? '';
  return timingSafeEqual(digest(given), digest(token));
}

function digest(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

async function close(server: Server): Promise<void> {
  if (!server.listening) return;
  const closed = once(server, 'close');
  server.close();
  server.closeAllConnections();
  await closed;
}

function cannotListen(port: number, cause: unknown): DrydockError {
  return new DrydockError(
    'config.invalid',
    `Drydock cannot listen on the operator’s port ${port} of ${address}. Stop what listens there, or set DRYDOCK_OPERATOR_PORT to another port; 0 takes any free one.`,
    { cause },
  );
}
