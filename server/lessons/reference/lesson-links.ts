import { lessonId as lessonIdSchema } from '../../../protocol/ids.ts';

/** Where a link or an image of a lesson leads. */
export type LinkTarget =
  | { kind: 'anchor'; id: string }
  | { kind: 'external'; url: string }
  | { kind: 'lesson'; id: string; anchor: string }
  /** `glossary.md`, which lies beside the courses. */
  | { kind: 'glossary'; term: string }
  | { kind: 'media'; path: string }
  /** Another file in the lesson's folder, which a code host shows and the lab does not. */
  | { kind: 'source'; path: string }
  | { kind: 'outside'; path: string }
  | { kind: 'unsafe'; url: string };

/** The glossary of a folder of courses. */
export const glossaryFile = 'glossary.md';

/** The page of a lesson. */
export function lessonPath(id: string): string {
  return `/learn/${id}`;
}

/** @param from id of the lesson the link stands in */
export function readLink(url: string, from: string): LinkTarget {
  if (url.startsWith('#')) return { kind: 'anchor', id: decode(url.slice(1)) };
  if (/^(?:https?:\/\/|mailto:)/i.test(url)) return { kind: 'external', url };
  if (/^(?:[a-z][a-z0-9+.-]*:|\/|\\)/i.test(url)) return { kind: 'unsafe', url };
  const hash = url.indexOf('#');
  const path = decode((hash === -1 ? url : url.slice(0, hash)).replace(/\?.*$/s, ''));
  const anchor = hash === -1 ? '' : decode(url.slice(hash + 1));
  const parts = from.split('/');
  for (const part of path.split('/')) {
    if (part === '' || part === '.') continue;
    if (part !== '..') parts.push(part);
    else if (parts.pop() === undefined) return { kind: 'outside', path };
  }
  if (parts.length === 1 && parts[0] === glossaryFile) return { kind: 'glossary', term: anchor };
  const last = parts.at(-1);
  const id = (last === 'lesson.md' ? parts.slice(0, -1) : parts).join('/');
  if (lessonIdSchema.safeParse(id).success) return { kind: 'lesson', id, anchor };
  if (`${parts[0]}/${parts[1]}` !== from) return { kind: 'outside', path };
  const inside = parts.slice(2);
  if (inside[0] === 'media' && inside.length > 1) return { kind: 'media', path: inside.slice(1).join('/') };
  return { kind: 'source', path: inside.join('/') };
}

/** The page of the glossary. @param term id of its heading; '': the top */
export function glossaryPath(term: string): string {
  return `/glossary${term === '' ? '' : `#${encodeURIComponent(term)}`}`;
}

export function mediaUrl(lesson: string, path: string): string {
  return `/lessons-media/${lesson}/${path.split('/').map(encodeURIComponent).join('/')}`;
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
