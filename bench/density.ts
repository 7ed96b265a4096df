import { setTimeout as sleep } from 'node:timers/promises';
import type { Benchmark } from './benchmark.ts';
import { type RunningLab, withLabProcess } from './lab-process.ts';
import { orAbort } from './or-abort.ts';
import { memoryAvailable, readLoads, readProcessors } from './sandbox-load.ts';
import { SocketLearner } from './socket-learner.ts';
import { rounded, summarise } from './summary.ts';
import type { Workbench } from './workbench.ts';

const aims = { idleMegabytes: 50, keyP95: 100 };
const defaultLimit = 120;
const mostActive = 20;
/** One in so many is active. */
const activeShare = 6;
/** Milliseconds from an echo to the next key: a quick typist. */
const spacing = 150;
/** Bytes that stay free on a machine that counts as full. */
const reserve = 1.5 * 2 ** 30;
const atOnce = 3;
const settleMs = 15_000;
const idleMs = 30_000;

/** How many learners a machine holds, and how they fare when most of them only have their page open. */
export const density: Benchmark = {
  rounds: 100,
  onRequest: true,
  run: (bench, keys, { limit }) =>
    withLabProcess(bench, { DRYDOCK_MAX_SANDBOXES: String(limit ?? defaultLimit) }, async (lab) => {
      const learners: SocketLearner[] = [];
      try {
        const first = await raiseOne(lab);
        learners.push(first.learner);
        await first.learner.keystrokes(30, 20); // code that runs for the first time is slow
        await orAbort(bench.signal, sleep(settleMs));
        const baseline = summarise(await first.learner.keystrokes(keys, spacing));
        const before = { available: await memoryAvailable(), sandboxes: 1 };

        const raised = await raise(bench, lab, learners, limit ?? defaultLimit);
        await orAbort(bench.signal, sleep(settleMs));
        const idle = await idleLoad(bench, lab);
        const hostEach =
          (before.available - (await memoryAvailable())) / Math.max(1, learners.length - before.sandboxes);

        const active = learners.slice(-Math.max(1, Math.min(mostActive, Math.floor(learners.length / activeShare))));
        bench.tell(`  ${active.length} type, ${learners.length - active.length} are idle`);
        const began = { at: performance.now(), ...(await readProcessors(lab)) };
        const typed = await orAbort(bench.signal, Promise.allSettled(active.map((learner) => typeFor(learner, keys))));
        const ended = await readProcessors(lab);
        const cores = (seconds: number) => rounded((seconds * 1000) / (performance.now() - began.at));
        const subject = summarise(typed.flatMap((each) => (each.status === 'fulfilled' ? each.value : [])));
        const errors = [
          ...raised.errors,
          ...learners.flatMap((learner) => learner.errors),
          ...typed.flatMap((each) => (each.status === 'rejected' ? [String(each.reason)] : [])),
        ];
        const { idleMegabytes, keyP95 } = aims;
        const met = idle.megabytes.p50 <= idleMegabytes && subject.p95 < keyP95 && errors.length === 0;
        return {
          what: 'a key’s echo over a page’s socket for those who type while the others idle, beside the first learner alone',
          unit: 'ms',
          subject,
          baseline,
          ratio: rounded(subject.p50 / baseline.p50),
          aim: `at most ${idleMegabytes} MB for an idle sandbox, p95 of a key under ${keyP95} ms, no error`,
          met,
          details: {
            sandboxes: learners.length,
            active: active.length,
            endedBecause: raised.ended,
            idleMegabytes: idle.megabytes,
            hostMegabytesEach: rounded(hostEach / 1e6),
            idleCpuPercentOfACore: idle.cpuPercent,
            coresWhileTyping: { machine: cores(ended.machine - began.machine), own: cores(ended.own - began.own) },
            serverMegabytes: rounded(lab.server.residentMemory() / 1e6),
            openLessonMs: summarise([first.took, ...raised.took]),
            errors: errors.length,
            firstErrors: errors.slice(0, 10),
          },
        };
      } finally {
        for (const learner of learners) learner.close();
      }
    }),
};

/** Opens a lesson, runs a container, saves a file: what everybody does first. */
async function raiseOne(lab: RunningLab): Promise<{ learner: SocketLearner; took: number }> {
  const { learner, took } = await SocketLearner.open(lab.url);
  try {
    await learner.openTerminal();
    await learner.run('docker run --rm busybox echo hello', 120_000);
    await learner.save('notes.txt', 'hello\n');
    return { learner, took };
  } catch (error) {
    learner.close();
    throw error;
  }
}

/** Adds learners, some at a time, until there are so many or no more fit. */
async function raise(bench: Workbench, lab: RunningLab, learners: SocketLearner[], limit: number) {
  const took: number[] = [];
  const errors: string[] = [];
  let ended = 'the limit is reached';
  let stop = false;
  let under = 0;
  const work = async () => {
    while (!stop && learners.length + under < limit) {
      bench.signal.throwIfAborted();
      if ((await memoryAvailable()) < reserve) {
        ended = 'the memory of the machine is used up';
        stop = true;
        return;
      }
      under += 1;
      try {
        const one = await raiseOne(lab);
        learners.push(one.learner);
        took.push(one.took);
        if (learners.length % 10 === 0) bench.tell(`  ${learners.length} sandboxes`);
      } catch (error) {
        errors.push(String(error));
        if (errors.length >= 5) {
          ended = 'too much went wrong';
          stop = true;
        }
      } finally {
        under -= 1;
      }
    }
  };
  await Promise.all(Array.from({ length: atOnce }, work));
  return { took, errors, ended };
}

async function idleLoad(bench: Workbench, lab: RunningLab) {
  const before = await readLoads(lab);
  const began = performance.now();
  await orAbort(bench.signal, sleep(idleMs));
  const after = await readLoads(lab);
  const span = performance.now() - began;
  const cpu = [...after].flatMap(([id, load]) => {
    const first = before.get(id);
    return first === undefined ? [] : [((load.cpu - first.cpu) / 1e6 / span) * 100];
  });
  return { megabytes: summarise([...after.values()].map(({ memory }) => memory / 1e6)), cpuPercent: summarise(cpu) };
}

/** Not all at the same moment. */
async function typeFor(learner: SocketLearner, keys: number): Promise<number[]> {
  await sleep(Math.random() * spacing);
  return learner.keystrokes(keys, spacing);
}
