/**
 * What the lab does in a learner's sandbox by itself: the `setup` blocks of a step before it opens, or, when the
 * learner starts over from a step, everything the steps before it would have had them do. While one runs, the blocks
 * of the lesson cannot be run and nothing is ticked.
 */
export interface Preparation {
  kind: 'setup' | 'start-over';
  /** The step that is being prepared; null: the introduction. */
  step: string | null;
  state: 'running' | 'failed';
  /** Blocks that are done, and all of them. 0 of 0 while the sandbox is made anew. */
  done: number;
  of: number;
  /** What is being done, in a few words: the first line of a command, or the path of a file. */
  doing: string;
  /** unix milliseconds */
  since: number;
  /** failed: what happened, and what to do. */
  message: string | null;
}
