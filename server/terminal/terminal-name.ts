import { createHash } from 'node:crypto';

const longest = 64;

/**
 * A terminal's name inside its sandbox, as the boundary wants it: `[a-z0-9-]{1,64}`. Names of lessons and
 * terminals hold no `--`, so two of them never meet; one that is too long is cut and told apart by a hash.
 */
export function nameInSandbox(lesson: string, terminal: string): string {
  const name = `${lesson.replace('/', '--')}--${terminal}`;
  if (name.length <= longest) return name;
  const hash = createHash('sha256').update(name).digest('hex').slice(0, 12);
  return `${name.slice(0, longest - hash.length - 3)}---${hash}`;
}

/**
 * What pages know a shell by. Derived from its nonce, so that it is the same after a restart of this server;
 * hashed, because whoever knows the nonce can report commands that were never run.
 */
export function generationOf(nonce: string): string {
  return createHash('sha256').update(nonce).digest('hex').slice(0, 16);
}
