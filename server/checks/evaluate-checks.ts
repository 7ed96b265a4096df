import type { Check } from '../../protocol/check-schema.ts';
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
import type { Verdict } from './verdict.ts';

export interface CheckToEvaluate {
  id: string;
  check: Check;
}

export interface EvaluationOptions {
  /** Milliseconds for one check, hints included; a `run` with a longer timeout gets that. Default 8 s. */
  limitMs?: number;
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
  const round = new Round(context);
  return Promise.all(checks.map((check) => evaluateOne(check, round, options)));
}

async function evaluateOne(
  { id, check }: CheckToEvaluate,
  round: Round,
  options: EvaluationOptions,
): Promise<CheckResult> {
  const limitMs = Math.max(
    options.limitMs ?? defaultLimitMs,
    check.subject === 'run' && check.timeout !== undefined ? runLimit(check) + 1000 : 0,
  );
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => {
      reject(
        new DrydockError(
          'check.timeout',
          `Looking took longer than ${Math.round(limitMs / 100) / 10} s, so Drydock stopped. Your Docker may be busy; check again in a moment.`,
        ),
      );
    }, limitMs);
  });
  try {
    return await Promise.race([judge(id, check, round), late]);
  } catch (error) {
    options.onFailure?.(id, error);
    const message =
      error instanceof DrydockError
        ? error.message
        : 'Drydock could not look at this. Check again in a moment; nothing of yours is lost.';
    return { id, state: 'failed', message, hint: null };
  } finally {
    clearTimeout(timer);
  }
}

async function judge(id: string, check: Check, round: Round): Promise<CheckResult> {
  const verdict = await look(check, check, round);
  if (verdict.met) return { id, state: 'met', message: verdict.seen, hint: null };
  return { id, state: 'unmet', message: verdict.message, hint: await findHint(check, round) };
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

type Conditions<C extends Check> = Omit<C, 'subject' | 'title' | 'hints' | 'initially' | C['subject']>;

/** Only the conditions: evaluators ask which there are. */
function conditionsOf<C extends Check>(from: object, subject: C['subject']): Conditions<C> {
  const rest = Object.entries(from).filter(
    ([key]) => !['subject', 'title', 'hints', 'initially', subject].includes(key),
  );
  return Object.fromEntries(rest) as Conditions<C>;
}

/** What can have changed: the four kinds of Docker's things, the workspace, and commands that ended. */
export type Change = 'containers' | 'images' | 'networks' | 'volumes' | 'files' | 'commands';

const everything: readonly Change[] = ['containers', 'images', 'networks', 'volumes', 'files', 'commands'];

/** The changes after which the check is to be looked at again. */
export function relevantTo(check: Check): Set<Change> {
  switch (check.subject) {
    case 'container': {
      const changes = new Set<Change>(['containers']);
      const conditions = [check, ...(check.hints ?? []).map((hint) => hint.when)];
      if (typeof check.container !== 'string' || conditions.some((item) => item.image !== undefined))
        changes.add('images');
      if (conditions.some((item) => item.networks !== undefined)) changes.add('networks');
      // Docker tells nothing when a log grows or a file in a container changes; a command probably did it.
      if (conditions.some((item) => item.logs !== undefined || item.differs !== undefined)) changes.add('commands');
      return changes;
    }
    case 'image':
      return new Set(['images']);
    case 'network':
      return new Set(['networks', 'containers', 'commands']);
    case 'volume':
      return new Set(['volumes', 'containers', 'commands']);
    case 'compose':
      return new Set(['containers']);
    case 'http':
      return new Set(['containers', 'files', 'commands']);
    case 'file':
      return new Set(['files']);
    case 'ran':
      return new Set(['commands']);
    case 'run':
      return new Set(everything);
  }
}
