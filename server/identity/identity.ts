import { createHash, randomBytes } from 'node:crypto';
import type { Actor } from '../access.ts';
import type { Clock, Ids } from '../clock.ts';
import type { LearnerStore } from '../store/learner-store.ts';

type Learners = Pick<LearnerStore, 'findBySession' | 'register'>;

const tokenPattern = /^[A-Za-z0-9_-]{43}$/;
const oneYearSeconds = 365 * 24 * 60 * 60;

/** The id no learner has: pages are rendered for it without anybody's progress. */
export const nobody = 'nobody';

/**
 * Who a request comes from: a session cookie with a random token of 256 bits, of which the database keeps
 * only the hash. The learner on localhost needs no account: the first page makes one.
 */
export class Identity {
  readonly #learners: Learners;
  readonly #clock: Clock;
  readonly #ids: Ids;
  readonly #cookieName: string;
  readonly #mayAuthor: boolean;

  /**
   * `lab` is in the cookie's name: cookies do not know ports, and two labs may share a host name.
   * `mayAuthor`: everybody who is known here is an author.
   */
  constructor(options: { learners: Learners; clock: Clock; ids: Ids; lab: string; mayAuthor: boolean }) {
    this.#learners = options.learners;
    this.#clock = options.clock;
    this.#ids = options.ids;
    this.#cookieName = `drydock_${options.lab}`;
    this.#mayAuthor = options.mayAuthor;
  }

  /** The person with this id, and what they may do here. `nobody` may look, and nothing else. */
  actorOf(learner: string): Actor {
    return { learner, mayAuthor: this.#mayAuthor && learner !== nobody };
  }

  /** The person behind a `Cookie` header, or null. */
  async recognise(cookieHeader: string | undefined): Promise<Actor | null> {
    const token = readCookie(cookieHeader, this.#cookieName);
    if (token === null || !tokenPattern.test(token)) return null;
    const learner = await this.#learners.findBySession(hashToken(token));
    return learner === null ? null : this.actorOf(learner);
  }

  /** A new learner, and the `Set-Cookie` header that makes the browser theirs. */
  async welcome(): Promise<{ actor: Actor; setCookie: string }> {
    const learner = this.#ids.next();
    const token = randomBytes(32).toString('base64url');
    await this.#learners.register(learner, hashToken(token), this.#clock.now());
    return {
      actor: this.actorOf(learner),
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
