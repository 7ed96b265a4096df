import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Duplex } from 'node:stream';
import next from 'next';
import type { PageRenderer } from './lab-http.ts';

/** Next, as something that renders pages and, in development, serves its own upgrades. */
export interface NextPages extends PageRenderer {
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  close(): Promise<void>;
}

/** @param dir the folder with `app/` and `next.config.js` */
export async function createNextPages(options: {
  dir: string;
  development: boolean;
  host: string;
  port: number;
}): Promise<NextPages> {
  const app = next({
    dev: options.development,
    dir: options.dir,
    hostname: options.host,
    port: options.port,
    customServer: true,
    quiet: !options.development,
  });
  await app.prepare();
  const handler = app.getRequestHandler();
  const upgradeHandler = app.getUpgradeHandler();
  return {
    render: (request, response: ServerResponse) => handler(request, response),
    upgrade: (request, socket, head) => {
      if (options.development) void upgradeHandler(request, socket, head).catch(() => socket.destroy());
      else socket.destroy();
    },
    close: () => app.close(),
  };
}
