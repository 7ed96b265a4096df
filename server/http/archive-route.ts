import { pipeline } from 'node:stream/promises';
import { assertMay } from '../access.ts';
import { DrydockError } from '../errors.ts';
import type { Identity } from '../identity/identity.ts';
import type { WorkspaceArchives } from '../sandbox/workspace-archives.ts';
import type { Route } from './lab-http.ts';

const pattern = /^\/api\/archives\/([a-z0-9]{8,32})$/;

/** `GET /api/archives/ID`: the files of a sandbox that was removed, as a gzipped tar, for whose they are. */
export function archiveRoute(options: { identity: Identity; archives: WorkspaceArchives }): Route {
  return async (request, response, url) => {
    const id = pattern.exec(url.pathname)?.[1];
    if (id === undefined) return false;
    const actor = await options.identity.recognise(request.headers.cookie);
    if (actor === null) throw new DrydockError('access.unauthenticated', 'Open the lab in this browser first.');
    if (request.method !== 'GET' && request.method !== 'HEAD') {
      throw new DrydockError('request.unknown', 'This address does not take such a request.');
    }
    const archive = await options.archives.find(id);
    assertMay(actor, { verb: 'read-archive', owner: archive.learner });
    const { bytes, stream } = await options.archives.read(id);
    const day = new Date(archive.createdAt).toISOString().slice(0, 10);
    response.writeHead(200, {
      'Content-Type': 'application/gzip',
      'Content-Length': bytes,
      'Content-Disposition': `attachment; filename="drydock-files-${day}.tar.gz"`,
      'Cache-Control': 'no-store',
    });
    if (request.method === 'HEAD') {
      stream.destroy();
      response.end();
      return true;
    }
    // A browser that goes away in the middle is no failure of ours.
    await pipeline(stream, response).catch(() => response.destroy());
    return true;
  };
}
