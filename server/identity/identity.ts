import { createHash, randomBytes } from 'node:crypto';
import type { Actor } from '../access.ts';
import type { Clock, Ids } from '../clock.ts';
import type { LearnerStore } from '../store/learner-store.ts';

const tokenPattern = /^[A-Za-z0-9_-]{43}$/;
const oneYearSeconds = 365 * 24 * 60 * 60;

/**
 * Who a request comes from: a session cookie with a random token of 256 bits, of which the database keeps
 * only the hash. The learner on localhost needs no account: the first page makes one.
 */
export class Identity {
  readonly #learners: LearnerStore;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #cookieName: string;

  /** `lab` is in the cookie's name: cookies do not know ports, and two labs may share a host name. */
  constructor(options: { learners: LearnerStore; clock: Clock; ids: Ids; lab: string }) {
    this.#learners = options.learners;
    this.#clock = options.clock;
    this.#ids = options.ids;
    this.#cookieName = `drydock_${options.lab}`;
  }

  /** The person behind a `Cookie` header, or null. */
  async recognise(cookieHeader: string | undefined): Promise<Actor | null> {
    const token = readCookie(cookieHeader, this.#cookieName);
    if (token === null || !tokenPattern.test(token)) return null;
    const learner = await this.#learners.findBySession(hashToken(token));
    return learner === null ? null : { learner };
  }

  /** A new learner, and the `Set-Cookie` header that makes the browser theirs. */
  async welcome(): Promise<{ actor: Actor; setCookie: string }> {
    const learner = this.#ids.next();
    const token = randomBytes(32).toString('base64url');
    await this.#learners.register(learner, hashToken(token), this.#clock.now());
    return {
      actor: { learner },
      setCookie: `${this.#cookieName}=${token}; Path=/; Max-Age=${oneYearSeconds}; HttpOnly; SameSite=Lax`,
    };
  }
}

function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('hex');
}

function readCookie(header: string | undefined, name: string): string | null {
  if (header === undefined || header.length > 8192) return null;
  for (const part of header.split(';')) {
    const at = part.indexOf('=');
    if (at > 0 && part.slice(0, at).trim() === name) return part.slice(at + 1).trim();
  }
  return null;
}
