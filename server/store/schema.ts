/** Tables of the lab's database. Times are unix milliseconds; ids are text. */
export interface Database {
  learner: { id: string; created_at: number; seen_at: number };
  /** `token_hash`: SHA-256 of the cookie's token, so that a copied database opens no session. */
  session: { token_hash: string; learner: string; created_at: number; seen_at: number };
  /** One row for each sandbox that belongs to somebody; what is on the engine and not here is nobody's. */
  sandbox: { id: string; learner: string; created_at: number; attended_at: number };
  check_passed: { learner: string; lesson: string; check_id: string; passed_at: number };
  lesson_visit: {
    learner: string;
    lesson: string;
    opened_at: number;
    visited_at: number;
    current_step: string | null;
    completed_at: number | null;
  };
}
