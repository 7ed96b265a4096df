import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { DrydockError } from './errors.ts';

interface Place {
  host: string;
  port: number;
}

/** Begins to take connections. @returns the address @throws config.invalid when that cannot be listened on */
export async function listen(http: Server, place: Place): Promise<Place & { url: string }> {
  http.listen(place.port, place.host);
  await once(http, 'listening').catch((cause: unknown) => {
    throw cannotListen(place, cause);
  });
  const { port } = http.address() as AddressInfo;
  return { host: place.host, port, url: `http://${urlHost(place.host)}:${port}` };
}

function cannotListen({ host, port }: Place, cause: unknown): DrydockError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const reason =
    code === 'EADDRINUSE'
      ? `Something else listens on port ${port} already. Stop it, or take another port: PORT=${port + 1} npm start`
      : code === 'EACCES'
        ? `This user may not listen on port ${port}. Take one above 1023, for example PORT=3000.`
        : `HOST=${JSON.stringify(host)} is no address of this machine. Allowed is an IP address or a name it has.`;
  return new DrydockError('config.invalid', reason, { cause });
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
