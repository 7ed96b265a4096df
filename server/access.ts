import { DrydockError } from './errors.ts';

/** Who asks. Roles of a classroom will be a field here. */
export interface Actor {
  learner: string;
  /** May see how lessons are made, and those that are broken. */
  mayAuthor: boolean;
}

/** What is asked for, and whose it is. Every socket event and route names one. */
export type Action =
  | { verb: 'read-lesson'; lesson: string }
  | { verb: 'author-lesson'; lesson: string }
  | { verb: 'use-sandbox'; owner: string }
  | { verb: 'read-archive'; owner: string }
  | { verb: 'read-workspace'; owner: string }
  | { verb: 'write-workspace'; owner: string }
  | { verb: 'record-progress'; owner: string };

/**
 * The one place that says whether somebody may do something. Today: everybody may read lessons, and do
 * anything with what is their own.
 */
export function may(actor: Actor, action: Action): boolean {
  switch (action.verb) {
    case 'read-lesson':
      return true;
    case 'author-lesson':
      return actor.mayAuthor;
    case 'use-sandbox':
    case 'read-archive':
    case 'read-workspace':
    case 'write-workspace':
    case 'record-progress':
      return action.owner === actor.learner;
  }
}

/** @throws DrydockError access.denied */
export function assertMay(actor: Actor, action: Action): void {
  if (may(actor, action)) return;
  if (action.verb === 'author-lesson') {
    throw new DrydockError('access.denied', 'Only who may author lessons here can see this (DRYDOCK_AUTHOR).');
  }
  throw new DrydockError(
    'access.denied',
    'This belongs to somebody else. You can use only your own sandbox and files.',
  );
}
