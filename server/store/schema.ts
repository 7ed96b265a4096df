import type { Generated } from 'kysely';

/** Tables of the lab's database. Times are unix milliseconds; ids are text. */
export interface Database {
  learner: { id: string; created_at: number; seen_at: number };
  /** `token_hash`: SHA-256 of the cookie's token, so that a copied database opens no session. */
  session: { token_hash: string; learner: string; created_at: number; seen_at: number };
  /** One row for each sandbox that belongs to somebody; what is on the engine and not here is nobody's. */
  sandbox: {
    id: string;
    learner: string;
    created_at: number;
    /** When it was used last, by the wall clock: for people and for the order in which room is made. */
    attended_at: number;
    /** Time it was not used, counted while a server looked. */
    idle_ms: number;
    /** When `idle_ms` was written; names that writing, so that two servers do not count the same time. */
    idle_at: number;
    /** Why and when it stopped running, until it runs again. */
    stopped_why: string | null;
    stopped_at: number | null;
    /** JSON of the notices that have not been dismissed. */
    notices: string;
  };
  /** Sandboxes of nobody that wait to be claimed. A row that is deleted was claimed or is being removed. */
  pool_sandbox: { id: string; added_at: number; ready: number };
  /**
   * Sandboxes this lab let go of, until they are gone from the engine. One that is neither here nor anybody's is not
   * ours to remove: the database may be an old copy, or a new one.
   */
  released_sandbox: { id: string };
  /** Files of sandboxes that were removed; `<data>/archives/<id>.tar.gz`. */
  archive: {
    id: string;
    learner: string;
    created_at: number;
    bytes: number;
    restored_at: number | null;
    /** 1 until the learner's next sandbox has told of it. */
    unannounced: number;
  };
  /** `how`: `learner`, or `lab` for what was met by the lab's own work when the learner started over. */
  check_passed: {
    learner: string;
    lesson: string;
    check_id: string;
    passed_at: number;
    how: Generated<'learner' | 'lab'>;
  };
  /** `passed_at`: when it was answered rightly for the first time. */
  quiz_answered: { learner: string; lesson: string; quiz_id: string; attempts: number; passed_at: number | null };
  /** When a quiz that was passed is to be asked again. `box`: how often in a row it was answered rightly since. */
  quiz_practice: { learner: string; lesson: string; quiz_id: string; box: number; due_at: number };
  solution_shown: { learner: string; lesson: string; block_id: string; shown_at: number };
  lesson_variable: { learner: string; lesson: string; name: string; value: string };
  /** Setup blocks that ran to their end in this sandbox: they are not run again behind the learner's back. */
  setup_done: { sandbox: string; lesson: string; block_id: string; done_at: number };
  /** The placement quiz. `answers`: JSON of those given so far; `outcome`: JSON of what came of the last one that was over. */
  placement: { learner: string; answers: string; outcome: string | null };
  /** How somebody wants to be called on certificates. */
  learner_name: { learner: string; name: string };
  /** Certificates that were seen when every lesson of the course was done. `lessons`: how many it had then. */
  certificate: { learner: string; course: string; issued_at: number; lessons: number };
  lesson_visit: {
    learner: string;
    lesson: string;
    opened_at: number;
    visited_at: number;
    current_step: string | null;
    completed_at: number | null;
  };
}
