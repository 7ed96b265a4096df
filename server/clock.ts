/** The time and the ids of everything, passed in so that tests can say what they are. */
export interface Clock {
  /** unix milliseconds */
  now(): number;
}

export interface Ids {
  /** `[a-z0-9]{16}`, unguessable (80 bits). */
  next(): string;
}
