import { type Check, type CommonCheckKey, commonCheckKeys } from '../../protocol/check-schema.ts';
import type { CheckResult } from '../../protocol/lesson-view.ts';
import { DrydockError } from '../errors.ts';
import type { CheckContext } from './check-context.ts';
import { evaluateHttp, evaluateRan, evaluateRun, runLimit } from './evaluate-command.ts';
import { evaluateCompose } from './evaluate-compose.ts';
import { evaluateContainer } from './evaluate-container.ts';
import { evaluateFile } from './evaluate-file.ts';
import { evaluateImage } from './evaluate-image.ts';
import { evaluateNetwork, evaluateVolume } from './evaluate-network.ts';
import { Round } from './round.ts';
import { tookTooLong, triesAgain } from './took-too-long.ts';
import type { Verdict } from './verdict.ts';

export interface CheckToEvaluate {
  id: string;
  check: Check;
}

export interface EvaluationOptions {
  /** Milliseconds for one check, hints included; a `run` with a longer timeout gets that. Default 8 s. */
  limitMs?: number;
  /** Everything gets so many times its usual time: on a busy machine, when it took too long before. Default 1. */
  patience?: number;
  /** For the log: what was thrown, which no learner sees. */
  onFailure?: (check: string, error: unknown) => void;
}

const defaultLimitMs = 8000;

/**
 * Looks at all checks in one round: what several of them need is asked for once. Never rejects; a check that
 * throws or takes too long is `failed` and says so, and the others are not touched by it.
 */
export async function evaluateChecks(
  checks: readonly CheckToEvaluate[],
  context: CheckContext,
  options: EvaluationOptions = {},
): Promise<CheckResult[]> {
  const round = new Round(context, options.patience);
  return Promise.all(checks.map((check) => evaluateOne(check, round, options)));
}

async function evaluateOne(
  { id, check }: CheckToEvaluate,
  round: Round,
  options: EvaluationOptions,
): Promise<CheckResult> {
  const began = performance.now();
  const limitMs =
    (options.patience ?? 1) *
    Math.max(
      options.limitMs ?? defaultLimitMs,
      check.subject === 'run' && check.timeout !== undefined ? runLimit(check) + 1000 : 0,
    );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(new DrydockError('check.timeout', tookTooLong(limitMs)));
    }, limitMs);
  });
  try {
    const verdict = await Promise.race([look(check, check, round), late]);
    if (verdict.met) return { id, state: 'met', message: verdict.seen, hint: null };
    // What was found stands, also when a hint's state takes too long to be looked at.
    const hint = await within(findHint(check, round), limitMs - (performance.now() - began));
    return { id, state: 'unmet', message: wordsOf(check, verdict), hint };
  } catch (error) {
    options.onFailure?.(id, error);
    const message =
      error instanceof DrydockError
        ? error.message
        : `Drydock could not look at this just now. Nothing of yours is lost. ${triesAgain}`;
    return { id, state: 'failed', message, hint: null };
  } finally {
    clearTimeout(timer);
  }
}

/** Where `otherwise` hides the answer, what only says that nothing is there to look at is still the better help. */
function wordsOf(check: Check, verdict: Verdict & { met: false }): string {
  return check.otherwise === undefined || verdict.givesNothingAway === true ? verdict.message : check.otherwise;
}

/** null when it takes longer than `ms`. */
async function within<T>(work: Promise<T | null>, ms: number): Promise<T | null> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<null>((resolve) => {
    timer = setTimeout(() => resolve(null), Math.max(0, ms));
  });
  return Promise.race([work, late]).finally(() => clearTimeout(timer));
}

/** The first hint whose state is the learner's. A hint that cannot be looked at is none. */
async function findHint(check: Check, round: Round): Promise<string | null> {
  for (const hint of check.hints ?? []) {
    const verdict = await look(check, hint.when, round).catch(() => null);
    if (verdict?.met) return hint.say;
  }
  return null;
}

/** The subject of `check`, with conditions of its own or of one of its hints; both come from the same schema. */
function look(check: Check, conditions: object, round: Round): Promise<Verdict> {
  switch (check.subject) {
    case 'container':
      return evaluateContainer(check.container, conditionsOf<typeof check>(conditions, 'container'), round);
    case 'image':
      return evaluateImage(check.image, conditionsOf<typeof check>(conditions, 'image'), round);
    case 'network':
      return evaluateNetwork(check.network, conditionsOf<typeof check>(conditions, 'network'), round);
    case 'volume':
      return evaluateVolume(check.volume, conditionsOf<typeof check>(conditions, 'volume'), round);
    case 'compose':
      return evaluateCompose(check.compose, conditionsOf<typeof check>(conditions, 'compose'), round);
    case 'http':
      return evaluateHttp(check.http, conditionsOf<typeof check>(conditions, 'http'), round);
    case 'file':
      return evaluateFile(check.file, conditionsOf<typeof check>(conditions, 'file'), round);
    case 'ran':
      return evaluateRan(check.ran, conditionsOf<typeof check>(conditions, 'ran'), round);
    case 'run':
      return evaluateRun(check.run, conditionsOf<typeof check>(conditions, 'run'), round);
  }
}

type Conditions<C extends Check> = Omit<C, 'subject' | CommonCheckKey | C['subject']>;

/** Only the conditions: evaluators ask which there are. */
function conditionsOf<C extends Check>(from: object, subject: C['subject']): Conditions<C> {
  const rest = Object.entries(from).filter(([key]) => !['subject', ...commonCheckKeys, subject].includes(key));
  return Object.fromEntries(rest) as Conditions<C>;
}
