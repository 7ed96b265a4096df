import { setTimeout as sleep } from 'node:timers/promises';
import { desk } from './chaos-lessons.ts';
import { filesIn, leftovers, ownersOf, progressOf, runningInside, sandboxesOf } from './inspection.ts';
import type { Learner } from './learner.ts';
import { until } from './machine.ts';
import { type Scene, unsettledMs } from './scene.ts';

/** How long a page may take to be usable again once engine and server are there: milliseconds. */
const comesBackMs = 90_000;
const commandMs = 30_000;
/** Containers come back one after the other when a daemon has started. */
const containersMs = 30_000;
/** What is nobody's may be there for so long while it is being removed: milliseconds. */
const tidyMs = 30_000;
const mostMemory = 600 * 2 ** 20;
/** The log's words for what must never happen. */
const neverLogged = /"msg":"(uncaught exception|unhandled rejection|request failed)"/;

export interface RoundFacts {
  losesPower: boolean;
  /** Of performance.now(), when the round's action began. */
  brokenAt: number;
  /** Bytes of the server's log before the round. */
  logBefore: number;
}

/** What is not as it must be after a round; empty: all is well. Learners rest while it looks. */
export async function violations(scene: Scene, facts: RoundFacts): Promise<string[]> {
  const { learners, lab } = scene;
  const found: string[] = [];
  // As a learner does who goes on working; whoever sleeps meanwhile cannot be asked.
  const awake = setInterval(() => {
    for (const { page } of learners) void page?.nudge();
  }, 500);
  try {
    await Promise.all(
      learners.map(async (learner) => {
        const page = learner.page;
        if (!(await until(() => page?.ready === true, comesBackMs, 200)))
          found.push(`${learner.name}: the page does not come back by itself: ${page?.describe()}`);
        else if (!(await learner.commandWorks(commandMs)))
          found.push(`${learner.name}: a command in the terminal does not work: ${page?.describe()}`);
      }),
    );
    found.push(...(await insideViolations(scene, facts)));
  } finally {
    clearInterval(awake);
  }
  for (const learner of learners) found.push(...learner.strange);
  if (lab.runs) {
    const memory = lab.residentMemory();
    if (memory > mostMemory) found.push(`the server holds ${Math.round(memory / 2 ** 20)} MiB`);
  } else found.push('the server has ended by itself');
  const logged = lab
    .log()
    .split('\n')
    .filter((line) => neverLogged.test(line));
  for (const line of logged.slice(0, 3)) found.push(`the server’s log: ${line.slice(0, 600)}`);
  return found;
}

async function insideViolations(scene: Scene, facts: RoundFacts): Promise<string[]> {
  const { engine, lab, learners, folder } = scene;
  const found: string[] = [];
  const { problems, owners, sessions } = ownersOf(lab);
  found.push(...problems);
  // What is being removed, or taken out of the pool, may take a moment.
  let left: string[] = [];
  await until(
    async () => {
      left = await leftovers(engine, lab, ownersOf(lab), folder);
      return left.length === 0;
    },
    tidyMs,
    1_000,
  );
  found.push(...left);

  const sandboxes = await sandboxesOf(engine, lab);
  for (const learner of learners) {
    const id = sessions.get(learner.tokenHash);
    if (id === undefined) {
      found.push(`${learner.name}: the database has forgotten who this is`);
      continue;
    }
    const own = [...owners].filter(([, owner]) => owner === id).map(([sandbox]) => sandbox);
    const container = sandboxes.find((each) => each.id === own[0])?.container;
    if (own.length !== 1 || container === undefined) {
      found.push(`${learner.name}: has ${own.length} sandboxes in the database, on the engine ${container ?? 'none'}`);
      continue;
    }
    found.push(...(await learnerViolations(scene, facts, learner, { id, container })));
  }
  return found;
}

async function learnerViolations(
  { engine, lab }: Scene,
  facts: RoundFacts,
  learner: Learner,
  { id, container }: { id: string; container: string },
): Promise<string[]> {
  const found: string[] = [];
  const files = await again(() => filesIn(engine, container, 'desk'));
  found.push(...learner.ledger.missingFiles(files));
  found.push(...learner.ledger.missingProgress(progressOf(lab, id, desk)));
  const since = facts.losesPower ? facts.brokenAt - unsettledMs : Number.POSITIVE_INFINITY;
  const wanted = learner.ledger.containersBefore(since);
  let running: string[] = [];
  const allRun = async () => {
    running = await runningInside(engine, container).catch(() => []);
    return wanted.every((name) => running.includes(name));
  };
  if (!(await until(allRun, containersMs, 500))) {
    const lost = wanted.filter((name) => !running.includes(name));
    found.push(`containers ${lost.join(' ')} do not run again`);
  }
  return found.map((words) => `${learner.name}: ${words}`);
}

/** A sandbox that has just been frozen cannot be asked. */
async function again<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === 5) throw error;
      await sleep(500);
    }
  }
}
