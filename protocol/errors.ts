/**
 * Every failure that crosses a border has one of these codes. A code never changes its meaning and is never
 * reused; the words may be improved at any time.
 */
export const errorCodes = [
  // the packet or request itself
  'request.malformed', // does not fit the schema of its event or route
  'request.unknown', // no such event or route
  'request.too-large',
  'request.too-many', // rate or count limit of this person
  'request.origin', // not the page this server serves
  'request.protocol', // page and server speak different versions: reload
  // who and whether
  'access.unauthenticated',
  'access.denied',
  // lessons
  'lesson.not-found',
  'lesson.invalid', // there, but broken: has problems with file, line and column
  'lesson.block-not-found',
  'lesson.preparing', // the lab is working in the sandbox for this lesson: wait, or stop it
  'lesson.setup-failed', // a setup or solution block of the lesson ended with an error
  'variable.invalid', // an answer that does not fit its variable
  'practice.not-due', // this quiz is not asked for now
  'placement.not-asked', // this question of the placement quiz is not the one that is asked now
  'placement.none', // this lab has no placement quiz
  // the sandbox and the engine under it
  'engine.unreachable',
  'engine.unsuitable',
  'engine.failed', // the engine answered with an error
  'sandbox.image-missing',
  'sandbox.none', // nobody asked for one yet
  'sandbox.starting',
  'sandbox.failed',
  'sandbox.gone', // removed or died under the request
  'sandbox.limit', // no more fit on this server
  'sandbox.stopped', // whoever runs the lab stopped it, or it is being stopped now
  'sandbox.disk-full', // it used more disk than it may and was stopped (where the limit is watched)
  'host.disk-full', // the disk that holds the sandboxes or the lab's data is full
  'archive.not-found',
  'archive.failed',
  'egress.unavailable', // the lesson asks for the internet and this lab does not give it, or could not
  'daemon.unreachable', // the learner's own dockerd does not answer
  'daemon.invalid-reply', // it answered something that is not Docker's API
  'daemon.refused', // it answered with an error; message has its words
  // terminals
  'terminal.not-found',
  'terminal.limit',
  'terminal.busy', // a command is running where a prompt is needed
  'terminal.failed',
  // workspace
  'file.path-invalid', // climbs out, is absolute, too long, or has characters that are refused
  'file.not-found',
  'file.exists',
  'file.is-folder',
  'file.too-large',
  'file.binary',
  'file.conflict', // changed since it was read
  'file.no-space',
  'file.failed',
  // builds and checks
  'build.not-found',
  'build.limit',
  'check.not-found',
  'check.timeout',
  // images that the lab serves
  'image.unknown', // the catalogue has none of that name
  'image.unavailable', // it comes from Docker Hub alone, which cannot be reached
  'image.build-failed', // its Dockerfile ended with an error
  'image.digest-mismatch', // Docker Hub has another image under that name than when it was first pulled
  'image.damaged', // what the registry keeps of it is not what was put there
  'image.busy', // another process makes images for this lab
  'bundle.invalid', // no OCI layout, or not one that Drydock wrote
  'bundle.damaged', // a blob is missing, cut, or not what its digest says
  'bundle.unsuitable', // for another processor, or another version of Drydock
  'registry.failed', // the registry, or the program that fills it, ended with an error
  // set-up
  'operator.unauthorised', // the operator's token is missing or wrong
  'operator.not-running', // no lab answers the operator's command
  'config.invalid',
  'store.failed',
  'internal',
] as const;

export type ErrorCode = (typeof errorCodes)[number];

/** What a person and a program get to see of a failure. `message`: what happened, why, what to do. */
export interface ErrorBody {
  code: ErrorCode;
  message: string;
  /** Facts for the program, never needed to understand `message`. Plain JSON. */
  details?: Record<string, unknown>;
}

export type Answer<T> = { ok: true; data: T } | { ok: false; error: ErrorBody };
