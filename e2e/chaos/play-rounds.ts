import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Registry } from '../../server/registry/registry.ts';
import { type Action, actions } from './actions.ts';
import { writeLessons } from './chaos-lessons.ts';
import { type RoundFacts, violations } from './invariants.ts';
import { Learner } from './learner.ts';
import { until } from './machine.ts';
import { PrivateEngine } from './private-engine.ts';
import { PrivateLab } from './private-lab.ts';
import { Random } from './random.ts';
import { fakeClockLibrary } from './requirements.ts';
import type { Scene } from './scene.ts';
import { groupOf } from './tear-down.ts';

/** How soon sandboxes that nobody uses are put to sleep, and put away. */
const moods = ['awake', 'awake', 'sleepy', 'forgetful'] as const;
type Mood = (typeof moods)[number];

const firstLearners = 3;
const mostLearners = 5;
const readyMs = 120_000;

export interface Play {
  seed: number;
  rounds: number;
  /** Only actions whose name has these words. */
  only: string;
  folder: string;
  server: string;
  /** The engine that has the images. */
  dockerHost: string;
  images: { sandbox: string; registry: string };
  /** Of the lab on that engine: it has the images of lessons. */
  registry: Registry;
  signal: AbortSignal;
  say: (line: string) => void;
}

/** Plays rounds until one finds something wrong. */
export async function playRounds(play: Play): Promise<{ passed: number; failed: number }> {
  const { folder, say, signal } = play;
  const random = new Random(play.seed);
  writeFileSync(join(folder, 'pid'), String(process.pid));
  writeLessons(folder);
  const engine = new PrivateEngine(folder, groupOf(folder));
  const fakeClock = fakeClockLibrary();
  if (fakeClock === null) say('the clock stays as it is: libfaketime is not installed (Debian: faketime)');
  const lab = new PrivateLab({ server: play.server, folder, engine, fakeClock });
  const choices = actions.filter(
    ({ name, needs }) => name.includes(play.only) && (needs !== 'clock' || fakeClock !== null),
  );
  if (choices.length === 0) throw new Error(`no action is named “${play.only}”`);

  const began = performance.now();
  await engine.make();
  await engine.load([play.images.sandbox, play.images.registry], play.dockerHost);
  await lab.make(play.images, play.registry);
  say(`an engine and a lab of its own (${seconds(began)})`);

  let settings = settingsOf(new Random(play.seed), 'awake');
  const learners: Learner[] = [];
  const newcomer = () => {
    const name = `learner${learners.length + 1}`;
    const learner = new Learner(name, lab.url, random.fork(name));
    learners.push(learner);
    return learner;
  };
  const startServer = () => lab.start(settings);
  await startServer();
  for (let count = 0; count < firstLearners; count += 1) await newcomer().arrive();
  const allReady = () => learners.every(({ page, strange }) => page?.ready === true || strange.length > 0);
  if (!(await until(allReady, readyMs)))
    throw new Error(
      `sandboxes do not start: ${learners.map((learner) => [learner.page?.describe(), ...learner.strange].join(', ')).join('; ')}\n${lab.log().slice(-2_000)}`,
    );

  let passed = 0;
  for (let round = 1; round <= play.rounds && !signal.aborted; round += 1) {
    const dice = random.fork(`round ${round}`);
    const action = weighted(choices, dice);
    const mood = dice.pick(moods);
    settings = settingsOf(dice, mood);
    const told: string[] = [];
    const scene: Scene = {
      folder,
      engine,
      lab,
      learners,
      random: dice,
      startServer,
      newcomer,
      tell: (words) => told.push(words),
    };
    const roundBegan = performance.now();
    const found = await playRound(scene, action, signal).catch((error: unknown) => [
      `the round could not be played: ${error instanceof Error ? error.message : error}`,
    ]);
    if (signal.aborted) break;
    const saves = learners.reduce((sum, learner) => sum + learner.ledger.saves, 0);
    const head = `round ${round}: ${action.name}, ${mood}${told.length === 0 ? '' : ` (${told.join(', ')})`}`;
    say(`${found.length === 0 ? 'ok    ' : 'FAILED'} ${head} · ${saves} saves so far (${seconds(roundBegan)})`);
    if (found.length > 0) {
      say(`  seed ${play.seed}, round ${round}`);
      for (const words of found) say(`  - ${words}`);
      for (const { name, page } of learners)
        say(
          `  ${name} was answered: ${[...(page?.answers ?? [])].map(([what, times]) => `${what} ${times}`).join(', ')}`,
        );
      say(`  the end of the engine’s log:\n${engine.log()}`);
      say(`  the end of the server’s log:\n${lab.log().slice(-4_000)}`);
      return { passed, failed: 1 };
    }
    passed += 1;
  }
  for (const learner of learners) {
    await learner.rest();
    learner.leave();
  }
  return { passed, failed: 0 };
}

async function playRound(scene: Scene, action: Action, signal: AbortSignal): Promise<string[]> {
  const { learners, lab, random } = scene;
  const facts: RoundFacts = { losesPower: action.losesPower === true, brokenAt: 0, logBefore: logSize(lab) };
  for (const learner of learners) learner.work();
  await sleep(random.whole(500, 3_000));
  const after = await company(scene);
  await sleep(random.whole(0, 1_200));
  facts.brokenAt = performance.now();
  await action.run(scene);
  await after();
  if (signal.aborted) return [];
  for (const learner of learners) learner.work();
  await sleep(random.whole(1_000, 3_000));
  await Promise.all(learners.map((learner) => learner.rest()));
  return violations(scene, facts);
}

/** Something that takes a while and is under way when it breaks. @returns what brings everybody back */
async function company({ learners, random, newcomer, tell }: Scene): Promise<() => Promise<void>> {
  const one = random.pick(learners);
  switch (random.pick(['nothing', 'nothing', 'reset', 'newcomer', 'away', 'nap'] as const)) {
    case 'nothing':
      return async () => undefined;
    case 'reset':
      tell(`while ${one.name} resets`);
      await one.rest();
      await one.reset().catch(() => undefined); // the lab may be in no state to
      return async () => undefined;
    case 'newcomer': {
      if (learners.length >= mostLearners) return async () => undefined;
      tell('while somebody comes for the first time');
      const learner = newcomer();
      const arrived = learner.arrive();
      return () => arrived;
    }
    case 'nap':
      tell('after a nap of all');
      await Promise.all(learners.map((learner) => learner.rest()));
      await sleep(random.whole(1_000, 8_000));
      return async () => undefined;
    case 'away':
      tell(`while ${one.name} is away`);
      await one.rest();
      one.leave();
      return async () => {
        await sleep(random.whole(0, 15_000));
        await one.arrive();
      };
  }
}

/** How the server is configured from its next start on: small disks, a small pool. */
function settingsOf(random: Random, mood: Mood): Record<string, string> {
  return {
    DRYDOCK_SANDBOX_MEMORY: '512m',
    DRYDOCK_SANDBOX_DISK: '1g',
    DRYDOCK_SANDBOX_INODES: '65536',
    DRYDOCK_SANDBOX_HOME: '64m',
    DRYDOCK_SANDBOX_HOME_INODES: '4096',
    DRYDOCK_MAX_SANDBOXES: '8',
    DRYDOCK_POOL: String(random.whole(0, 2)),
    ...(mood === 'awake' ? {} : { DRYDOCK_PAUSE_AFTER: '2s', DRYDOCK_STOP_AFTER: '5s' }),
    ...(mood === 'forgetful' ? { DRYDOCK_REMOVE_AFTER: '9s', DRYDOCK_REMOVE_WARNING: '2s' } : {}),
  };
}

function weighted(choices: readonly Action[], random: Random): Action {
  let rest = random.next() * choices.reduce((sum, { weight }) => sum + weight, 0);
  for (const action of choices) {
    rest -= action.weight;
    if (rest < 0) return action;
  }
  return random.pick(choices);
}

function logSize(lab: PrivateLab): number {
  return statSync(lab.logFile).size;
}

function seconds(since: number): string {
  return `${((performance.now() - since) / 1000).toFixed(1)} s`;
}
