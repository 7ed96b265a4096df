import { lessonId } from '../../protocol/ids.ts';
import { assertMay } from '../access.ts';
import type { Disposable } from '../disposable.ts';
import { DrydockError } from '../errors.ts';
import type { Identity } from '../identity/identity.ts';
import type { LessonReader } from '../realtime/lesson-reader.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { handleArchive, handleDownload, handleUpload } from '../workspace/workspace-routes.ts';
import type { Route } from './lab-http.ts';
import { isSameOrigin } from './same-origin.ts';

const pattern = /^\/api\/workspace\/([^/]+)\/([^/]+)\/(archive|files\/(.+))$/;

/** Of one learner; each is a program on the engine. */
const transfersAtOnce = 4;

/** `/api/workspace/COURSE/LESSON/archive` and `/files/PATH`: what is too large for a socket. */
export function workspaceRoute(options: {
  identity: Identity;
  reader: LessonReader;
  workspaceOf: (learner: string, lesson: string) => Workspace;
  /** Wakes the learner's sandbox, which is in use until disposed of. @throws sandbox.starting */
  reachSandbox: (learner: string) => Promise<Disposable>;
}): Route {
  const underWay = new Map<string, number>();
  return async (request, response, url) => {
    const match = pattern.exec(url.pathname);
    if (match === null) return false;
    const lesson = lessonId.safeParse(`${match[1]}/${match[2]}`);
    if (!lesson.success) throw new DrydockError('lesson.not-found', 'There is no such lesson.');
    const actor = await options.identity.recognise(request.headers.cookie);
    if (actor === null) throw new DrydockError('access.unauthenticated', 'Open the lab in this browser first.');
    await options.reader.lesson(actor, lesson.data);
    const writes = request.method !== 'GET';
    assertMay(actor, { verb: writes ? 'write-workspace' : 'read-workspace', owner: actor.learner });
    if (writes && !isSameOrigin(request)) {
      throw new DrydockError('request.origin', 'This request did not come from a page of this lab.');
    }
    const others = underWay.get(actor.learner) ?? 0;
    if (others >= transfersAtOnce) {
      throw new DrydockError(
        'request.too-many',
        `${others} uploads and downloads of yours are under way. Wait for one to end.`,
      );
    }
    underWay.set(actor.learner, others + 1);
    response.once('close', () => {
      const left = (underWay.get(actor.learner) ?? 1) - 1;
      if (left === 0) underWay.delete(actor.learner);
      else underWay.set(actor.learner, left);
    });
    const using = await options.reachSandbox(actor.learner);
    if (response.closed) using.dispose();
    else response.once('close', () => using.dispose());
    const workspace = options.workspaceOf(actor.learner, lesson.data);
    const path = match[4] === undefined ? null : decodePath(match[4]);
    if (request.method === 'GET') {
      if (path === null) await handleArchive(request, response, workspace, lesson.data);
      else await handleDownload(request, response, workspace, path);
    } else if (request.method === 'PUT' && path !== null) {
      await handleUpload(request, response, workspace, path);
    } else {
      throw new DrydockError('request.unknown', 'This address does not take such a request.');
    }
    return true;
  };
}

function decodePath(encoded: string): string {
  try {
    return decodeURIComponent(encoded);
  } catch {
    throw new DrydockError('file.path-invalid', 'The file’s name in this address cannot be read.');
  }
}
