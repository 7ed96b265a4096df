import type { AttackGround } from './attack-ground.ts';

/**
 * From where an attack is carried out.
 *
 * - `learner`: a shell of the learner, root of the sandbox's user namespace.
 * - `container`: root of a container that the learner runs with every capability and no profile.
 * - `outside`: uid 1000 of the outer container, where somebody would be who got out of the user namespace.
 */
export const positions = ['learner', 'container', 'outside'] as const;
export type Position = (typeof positions)[number];

/** One thing a hostile learner tries, really carried out. */
export interface Attack {
  /** A short phrase, unique; SECURITY.md lists it. */
  name: string;
  /** What stops it. */
  control: string;
  from: readonly Position[];
  /**
   * Tries it, and looks at both sides that it failed. @returns what the attacker got to see, in a few words.
   * @throws when it was not contained, or was stopped by something else than `control`
   */
  carryOut(ground: AttackGround, from: Position): Promise<string>;
}
