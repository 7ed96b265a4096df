import type { Learner } from './learner.ts';
import type { PrivateEngine } from './private-engine.ts';
import type { PrivateLab } from './private-lab.ts';
import type { Random } from './random.ts';

/** Everything a round plays with. */
export interface Scene {
  folder: string;
  engine: PrivateEngine;
  lab: PrivateLab;
  learners: Learner[];
  /** For this round. */
  random: Random;
  /** Starts the server with what this round has set. */
  startServer: () => Promise<void>;
  /** Somebody who was never there before. */
  newcomer: () => Learner;
  /** One word more about what this round does. */
  tell: (words: string) => void;
}

/** Starts of containers younger than this may not have reached the disk of the sandbox: milliseconds. */
export const unsettledMs = 45_000;
