import { createReadStream } from 'node:fs';
import { realpath, stat } from 'node:fs/promises';
import { extname, join, sep } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { isWorkspacePath, lessonId } from '../../protocol/ids.ts';
import { DrydockError } from '../errors.ts';
import type { Route } from './lab-http.ts';

const types: Record<string, string> = {
  '.png': 'image/png',
  '.jpg': 'image/jpeg',
  '.jpeg': 'image/jpeg',
  '.gif': 'image/gif',
  '.webp': 'image/webp',
  '.svg': 'image/svg+xml',
};

/**
 * `GET /lessons-media/COURSE/LESSON/FILE`: pictures of lessons. Only what lies in the lesson's `media` folder
 * (links followed and compared), only picture types, and never as a page of its own.
 */
export function mediaRoute(folderOf: (lesson: string) => string | null): Route {
  return async (request, response, url) => {
    if (!url.pathname.startsWith('/lessons-media/') || request.method !== 'GET') return false;
    const [course, lesson, ...rest] = decode(url.pathname.slice('/lessons-media/'.length)).split('/');
    const id = lessonId.safeParse(`${course}/${lesson}`);
    const path = rest.join('/');
    const type = types[extname(path).toLowerCase()];
    const folder = id.success ? folderOf(id.data) : null;
    if (folder === null || type === undefined || !isWorkspacePath(path)) throw notFound();
    const root = join(folder, 'media');
    const [real, realRoot] = await Promise.all([realpath(join(root, path)), realpath(root)]).catch(() => {
      throw notFound();
    });
    if (!real.startsWith(realRoot + sep)) throw notFound();
    const { size } = await stat(real);
    response.writeHead(200, {
      'Content-Type': type,
      'Content-Length': size,
      'Cache-Control': 'no-cache',
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    });
    await pipeline(createReadStream(real), response);
    return true;
  };
}

function decode(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    throw notFound();
  }
}

function notFound(): DrydockError {
  return new DrydockError('file.not-found', 'There is no such picture.');
}
