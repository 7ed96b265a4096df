import type { EgressPolicy } from '../config-schema.ts';
import { DrydockError, errorForLog } from '../errors.ts';
import type { ManagerParts } from './manager-parts.ts';
import type { Entry } from './sandbox-entries.ts';

const refused =
  'This lesson uses the internet, and this lab does not give it to sandboxes. What comes from the internet will fail here; whoever runs the lab can allow it with DRYDOCK_EGRESS=lessons.';

/** Opens and closes sandboxes' way to the internet, as the lab's policy and the lessons that are open say. */
export class EgressKeeper {
  readonly #parts: ManagerParts;
  readonly #policy: EgressPolicy;
  /** By learner: the open lessons that ask for the internet. */
  readonly #asking = new Map<string, Set<string>>();
  /** One change at a time for each learner. */
  readonly #turns = new Map<string, Promise<void>>();

  constructor(parts: ManagerParts, policy: EgressPolicy) {
    this.#parts = parts;
    this.#policy = policy;
  }

  /** A lesson that asks for the internet was opened, or nobody has it open any more. */
  ask(entry: Entry, lesson: string, asks: boolean): void {
    const lessons = this.#asking.get(entry.learner) ?? new Set<string>();
    if (lessons.has(lesson) === asks) return;
    if (asks) lessons.add(lesson);
    else lessons.delete(lesson);
    if (lessons.size > 0) this.#asking.set(entry.learner, lessons);
    else this.#asking.delete(entry.learner);
    if (entry.status.state === 'ready') this.apply(entry, { fresh: false });
  }

  /**
   * @param options.fresh the sandbox was just started or found, so that what is open is not known; one that was just
   *   made has nothing open
   */
  apply(entry: Entry, options: { fresh: boolean }): void {
    const before = this.#turns.get(entry.learner) ?? Promise.resolve();
    const turn = before.then(() => this.#apply(entry, options.fresh));
    this.#turns.set(entry.learner, turn);
    void turn.finally(() => {
      if (this.#turns.get(entry.learner) === turn) this.#turns.delete(entry.learner);
    });
  }

  async #apply(entry: Entry, fresh: boolean): Promise<void> {
    const { host, notices, retell, logger } = this.#parts;
    const { id } = entry;
    if (id === null || entry.status.state !== 'ready') return;
    const asked = this.#asking.has(entry.learner);
    const wanted = this.#policy === 'all' || (this.#policy === 'lessons' && asked) ? 'internet' : 'none';
    let problem = asked && wanted === 'none' ? refused : null;
    const before = entry.egress;
    // Opened anew even where it was open: an engine that was restarted has lost its rules.
    if (wanted === 'internet' || before === 'internet' || fresh) {
      try {
        await host.setEgress(id, wanted);
        entry.egress = wanted;
      } catch (error) {
        logger.warn({ sandbox: id, ...errorForLog(error) }, 'the way to the internet could not be changed');
        if (wanted === 'internet') {
          entry.egress = 'none';
          problem = error instanceof DrydockError ? error.message : refused;
        }
      }
    }
    if (problem !== null) notices.add(entry, { kind: 'egress-unavailable', message: problem });
    else notices.remove(entry, 'egress-unavailable');
    if (entry.egress !== before) retell(entry);
  }
}
