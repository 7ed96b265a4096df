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
  const began = performance.now();
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
    const verdict = await Promise.race([look(check, check, round), late]);
    if (verdict.met) return { id, state: 'met', message: verdict.seen, hint: null };
    // What was found stands, also when a hint's state takes too long to be looked at.
    const hint = await within(findHint(check, round), limitMs - (performance.now() - began));
    return { id, state: 'unmet', message: check.otherwise ?? verdict.message, hint };
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

/** What can have changed: the four kinds of Docker's things, the workspace, and commands that ended. */
export type Change = 'containers' | 'images' | 'networks' | 'volumes' | 'files' | 'commands';

const everything: readonly Change[] = ['containers', 'images', 'networks', 'volumes', 'files', 'commands'];

/** The changes after which the check is to be looked at again: those of which something it looks at can be part. */
export function relevantTo(check: Check): Set<Change> {
  const asks = (...keys: string[]): boolean =>
    [check, ...(check.hints ?? []).map((hint) => hint.when)].some((conditions) =>
      keys.some(
        (key) => key in conditions && key !== check.subject && conditions[key as keyof typeof conditions] !== undefined,
      ),
    );
  const changes = new Set<Change>();
  const add = (...more: Change[]): void => {
    for (const change of more) changes.add(change);
  };
  switch (check.subject) {
    case 'container':
      add('containers');
      if (asks('image') || (typeof check.container === 'object' && check.container.image !== undefined)) add('images');
      if (asks('networks')) add('networks');
      // Docker tells nothing when a log grows or a file in a container changes, and lists no limits: a command
      // probably did it.
      if (asks('logs', 'differs', 'memory', 'restart')) add('commands');
      return changes;
    case 'image':
      add('images');
      return changes;
    case 'network':
      add('networks');
      if (asks('containers', 'reaches')) add('containers');
      // What listens in a container may begin to without a word from Docker.
      if (asks('reaches')) add('commands');
      return changes;
    case 'volume':
      add('volumes');
      if (asks('usedBy', 'file')) add('containers');
      if (asks('file')) add('commands');
      return changes;
    case 'compose':
      add('containers');
      return changes;
    case 'http':
      add('containers', 'files', 'commands');
      return changes;
    case 'file':
      add('files');
      return changes;
    case 'ran':
      add('commands');
      return changes;
    case 'run':
      add(...everything);
      return changes;
  }
}

/** Whether it can come to hold some seconds after the last change that Docker tells: what a server says or hears. */
export function settlesLater(check: Check): boolean {
  switch (check.subject) {
    case 'http':
      return true;
    case 'container':
      return check.logs !== undefined || check.health !== undefined;
    case 'network':
      return check.reaches !== undefined;
    case 'compose':
      return Object.values(check.services ?? {}).some((service) => service.health !== undefined);
    default:
      return false;
  }
}
