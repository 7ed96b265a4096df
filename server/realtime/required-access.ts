import type { RequestName } from '../../protocol/events.ts';
import type { Action, Actor } from '../access.ts';

/** What each request needs. A request that is added without an entry does not compile. */
const verbs: Record<RequestName, Action['verb']> = {
  'lesson:open': 'use-sandbox',
  'lesson:leave': 'read-lesson',
  'lesson:visit-step': 'record-progress',
  'lesson:answer-variables': 'record-progress',
  'lesson:start-over': 'use-sandbox',
  'preparation:retry': 'use-sandbox',
  'preparation:cancel': 'use-sandbox',
  'quiz:answer': 'record-progress',
  'practice:answer': 'record-progress',
  'placement:answer': 'record-progress',
  'placement:begin': 'record-progress',
  'certificate:name': 'record-progress',
  'solution:show': 'record-progress',
  'author:read': 'author-lesson',
  'sandbox:start': 'use-sandbox',
  'sandbox:reset': 'use-sandbox',
  'sandbox:dismiss': 'use-sandbox',
  'sandbox:restore': 'write-workspace',
  'terminal:list': 'use-sandbox',
  'terminal:open': 'use-sandbox',
  'terminal:input': 'use-sandbox',
  'terminal:resize': 'use-sandbox',
  'terminal:acknowledge': 'use-sandbox',
  'terminal:run': 'use-sandbox',
  'terminal:close': 'use-sandbox',
  'terminal:detach': 'use-sandbox',
  'file:list': 'read-workspace',
  'file:read': 'read-workspace',
  'file:write': 'write-workspace',
  'file:rename': 'write-workspace',
  'file:remove': 'write-workspace',
  'folder:make': 'write-workspace',
  'file:apply': 'write-workspace',
  'build:start': 'use-sandbox',
  'build:cancel': 'use-sandbox',
  'check:evaluate': 'record-progress',
};

/**
 * What a request asks for, and whose it is. Today a request can name a lesson at most, so what it touches is always
 * the person's own; one that names somebody else (a joined terminal, an instructor's view) says so here.
 */
export function requiredAccess(name: RequestName, payload: object, actor: Actor): Action {
  const verb = verbs[name];
  return verb === 'read-lesson' || verb === 'author-lesson'
    ? { verb, lesson: 'lesson' in payload ? String(payload.lesson) : '' }
    : { verb, owner: actor.learner };
}
