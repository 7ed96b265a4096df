import type { RequestName, RequestPayload } from '../../protocol/events.ts';

export interface SandboxNeed {
  /** It has to run for this: one that is paused wakes, one that is stopped is started. */
  runs: boolean;
  /** `act`: the person did something; `look`: a page shows what is new; `none`: a page does this by itself. */
  use: 'act' | 'look' | 'none';
}

const needs = {
  act: { runs: false, use: 'act' },
  actInside: { runs: true, use: 'act' },
  lookInside: { runs: true, use: 'look' },
  look: { runs: false, use: 'look' },
  nothing: { runs: false, use: 'none' },
} as const satisfies Record<string, SandboxNeed>;

/**
 * What each request means for the learner's sandbox: the one place that decides what counts as use and what wakes.
 * What a page does by itself, as when it reconnects or lists files that changed, does neither. Opening, starting and
 * resetting see to the sandbox themselves.
 */
const table: Record<RequestName, keyof typeof needs> = {
  'lesson:open': 'act',
  'lesson:leave': 'act',
  'lesson:visit-step': 'act',
  'lesson:answer-variables': 'act',
  'lesson:start-over': 'act',
  'preparation:retry': 'actInside',
  'preparation:cancel': 'act',
  'quiz:answer': 'act',
  'practice:answer': 'nothing',
  'placement:answer': 'nothing',
  'placement:begin': 'nothing',
  'certificate:name': 'nothing',
  'solution:show': 'act',
  'author:read': 'look',
  'sandbox:start': 'act',
  'sandbox:reset': 'act',
  'sandbox:dismiss': 'act',
  'sandbox:restore': 'actInside',
  'terminal:list': 'nothing',
  'terminal:open': 'actInside',
  'terminal:input': 'actInside',
  'terminal:resize': 'nothing',
  'terminal:acknowledge': 'look',
  'terminal:run': 'actInside',
  'terminal:close': 'actInside',
  'terminal:detach': 'nothing',
  'file:list': 'nothing',
  // A page reads open files again when a program changed them.
  'file:read': 'lookInside',
  'file:write': 'actInside',
  'file:rename': 'actInside',
  'file:remove': 'actInside',
  'folder:make': 'actInside',
  'file:apply': 'actInside',
  'build:start': 'actInside',
  'build:cancel': 'actInside',
  'check:evaluate': 'actInside',
};

export function sandboxNeed(name: RequestName, payload: unknown): SandboxNeed {
  if (name === 'lesson:open' && (payload as RequestPayload<'lesson:open'>).again === true) return needs.nothing;
  // A page that knows the shell already is looking for it again, because its connection is new.
  if (name === 'terminal:open' && (payload as RequestPayload<'terminal:open'>).generation !== undefined) {
    return needs.nothing;
  }
  return needs[table[name]];
}
