import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import { learnerHeader, nonceHeader } from '../../protocol/lab.ts';
import { DrydockError, errorForLog } from '../errors.ts';
import { type Identity, nobody } from '../identity/identity.ts';
import type { Logger } from '../logger.ts';
import { answerError } from './answers.ts';
import { isAddressedToUs } from './same-origin.ts';
import { contentSecurityPolicy, setSecurityHeaders } from './security-headers.ts';

/** Answers a request if it is its own; false: somebody else's. */
export type Route = (request: IncomingMessage, response: ServerResponse, url: URL) => Promise<boolean>;

export interface PageRenderer {
  render(request: IncomingMessage, response: ServerResponse): Promise<void>;
}

export interface LabHttpOptions {
  boundHost: string;
  development: boolean;
  identity: Identity;
  logger: Logger;
  routes: Route[];
  pages: PageRenderer;
}

/**
 * The HTTP side: our routes first, then Next's pages with the person, the nonce and the policy set. Upgrades
 * are routed in `create-app`.
 */
export function createLabHttp(options: LabHttpOptions): Server {
  const server = createServer((request, response) => {
    handle(options, request, response).catch((error: unknown) => {
      if (!(error instanceof DrydockError)) {
        options.logger.error({ method: request.method, ...errorForLog(error) }, 'request failed');
      }
      answerError(response, error);
    });
  });
  // A request has to arrive in time; answers (archives, uploads going on) may take as long as they need.
  server.headersTimeout = 10_000;
  server.requestTimeout = 120_000;
  server.on('clientError', (error: NodeJS.ErrnoException, socket: Duplex) => {
    // Browsers open connections ahead. One that said nothing in time is only closed: words on it would be read as the
    // answer to the request that comes next.
    if (error.code === 'ERR_HTTP_REQUEST_TIMEOUT') socket.destroy();
    else if (socket.writable) socket.end('HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n');
  });
  return server;
}

async function handle(options: LabHttpOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  setSecurityHeaders(response);
  if (!isAddressedToUs(request, options.boundHost)) {
    throw new DrydockError(
      'request.origin',
      'This lab answers only to the address it was started with, such as http://localhost.',
    );
  }
  const url = parseUrl(request.url);
  for (const route of options.routes) {
    if (await route(request, response, url)) return;
  }
  // Only the server says who somebody is.
  delete request.headers[learnerHeader];
  delete request.headers[nonceHeader];
  if (!url.pathname.startsWith('/_next/')) await preparePage(options, request, response);
  await options.pages.render(request, response);
}

async function preparePage(options: LabHttpOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  let actor = await options.identity.recognise(request.headers.cookie);
  // Only a browser's visit makes a learner: curl and monitors read the pages as nobody.
  if (actor === null && isVisit(request)) {
    const welcome = await options.identity.welcome();
    actor = welcome.actor;
    response.setHeader('Set-Cookie', welcome.setCookie);
  }
  const nonce = randomBytes(16).toString('base64');
  const policy = contentSecurityPolicy(nonce, options.development);
  request.headers[learnerHeader] = actor?.learner ?? nobody;
  request.headers[nonceHeader] = nonce;
  // Next reads the nonce for its own scripts from the policy on the request.
  request.headers['content-security-policy'] = policy;
  response.setHeader('Content-Security-Policy', policy);
}

function isVisit(request: IncomingMessage): boolean {
  return request.method === 'GET' && (request.headers.accept ?? '').includes('text/html');
}

function parseUrl(raw: string | undefined): URL {
  try {
    return new URL(raw ?? '/', 'http://lab.invalid');
  } catch {
    throw new DrydockError('request.malformed', 'The address of this request cannot be read.');
  }
}
