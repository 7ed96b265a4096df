import { lessonId } from '../../protocol/ids.ts';
import { DrydockError } from '../errors.ts';
import type { LessonLibrary } from '../lessons/library/lesson-library.ts';
import type { Route } from './lab-http.ts';

/** `GET /lessons-media/COURSE/LESSON/FILE`: pictures of lessons, never as a page of their own. */
export function mediaRoute(library: LessonLibrary): Route {
  return async (request, response, url) => {
    if (!url.pathname.startsWith('/lessons-media/') || request.method !== 'GET') return false;
    const [course, lesson, ...rest] = decode(url.pathname.slice('/lessons-media/'.length)).split('/');
    const id = lessonId.safeParse(`${course}/${lesson}`);
    const media = id.success ? await library.mediaOf(id.data, rest.join('/')) : null;
    if (media === null) throw notFound();
    response.writeHead(200, {
      'Content-Type': media.contentType,
      'Content-Length': media.content.length,
      'Cache-Control': 'no-cache',
      'Content-Security-Policy': "default-src 'none'; style-src 'unsafe-inline'; sandbox",
    });
    response.end(media.content);
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
