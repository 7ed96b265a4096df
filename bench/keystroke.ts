import type { Benchmark } from './benchmark.ts';
import { rounded, summarise } from './summary.ts';
import { withTerminalLab } from './terminal-lab.ts';

/** Milliseconds that may be added to the 95th percentile. */
const atMost = 5;
/** Per round; ten rounds make 300. */
const keysPerRound = 30;
/** Milliseconds from an echo to the next key: faster than anybody types, and each key finds an idle line. */
const spacing = 20;

/** Key sent to echo received. */
export const keystroke: Benchmark = {
  rounds: 10,
  run: (bench, rounds) =>
    withTerminalLab(bench, async ({ page, bare, browser }) => {
      const subject: number[] = [];
      const baseline: number[] = [];
      // Code that runs for the first time is slow, in the page, the server and the engine.
      await page.keystrokes(keysPerRound, spacing);
      await bare.keystrokes(keysPerRound, spacing);
      for (let round = 1; round <= rounds; round++) {
        const ours = await page.keystrokes(keysPerRound, spacing);
        const theirs = await bare.keystrokes(keysPerRound, spacing);
        subject.push(...ours);
        baseline.push(...theirs);
        const [a, b] = [summarise(ours), summarise(theirs)];
        bench.tell(`  ${round}/${rounds}: p50 ${a.p50} ms, p95 ${a.p95} ms; bare p50 ${b.p50} ms, p95 ${b.p95} ms`);
      }
      const [with_, without] = [summarise(subject), summarise(baseline)];
      const added = with_.p95 - without.p95;
      return {
        what: 'a key sent to its echo received through a browser’s socket, beside a bare dockerode exec with a TTY',
        unit: 'ms',
        subject: with_,
        baseline: without,
        ratio: rounded(with_.p50 / without.p50),
        aim: `less than ${atMost} ms added to p95`,
        met: added < atMost,
        details: { addedP50: rounded(with_.p50 - without.p50), addedP95: rounded(added), browser },
      };
    }),
};
