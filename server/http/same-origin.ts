import type { IncomingMessage } from 'node:http';

const loopbackNames = new Set(['localhost', '127.0.0.1', '[::1]']);

/**
 * Whether the request was addressed to this lab by a name it has. A lab bound to loopback answers only to
 * loopback names, so that a foreign name resolving to 127.0.0.1 (DNS rebinding) opens nothing.
 */
export function isAddressedToUs(request: IncomingMessage, boundHost: string): boolean {
  const host = hostName(request.headers.host);
  if (host === null) return false;
  return isLoopback(boundHost) ? loopbackNames.has(host) || host === boundHost : true;
}

/** Whether the page that sent this is one this server served. A request that names no origin is not. */
export function isSameOrigin(request: IncomingMessage): boolean {
  const origin = request.headers.origin;
  const host = request.headers.host;
  if (origin === undefined || host === undefined) return false;
  try {
    return new URL(origin).host === new URL(`http://${host}`).host || new URL(origin).host === host;
  } catch {
    return false;
  }
}

export function isLoopback(host: string): boolean {
  return host === 'localhost' || host === '::1' || /^127\.\d{1,3}\.\d{1,3}\.\d{1,3}$/.test(host);
}

function hostName(header: string | undefined): string | null {
  if (header === undefined) return null;
  try {
    return new URL(`http://${header}`).hostname;
  } catch {
    return null;
  }
}
