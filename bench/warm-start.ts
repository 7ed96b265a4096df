import { setTimeout as sleep } from 'node:timers/promises';
import type { Health } from '../protocol/lab.ts';
import { LabSocket } from '../server/lesson-player/lab-socket.ts';
import type { Benchmark } from './benchmark.ts';
import { type RunningLab, withLabProcess } from './lab-process.ts';
import { orAbort } from './or-abort.ts';
import { rounded, summarise } from './summary.ts';
import type { Workbench } from './workbench.ts';

const lesson = 'bench/terminal';
const aimMs = 300;
const promptEnd = '\u001b]633;B';
const patience = 120_000;
/** A sandbox that has just been made leaves the machine busy for a moment. */
const settleMs = 1_000;

/** From opening a lesson, as somebody nobody has seen before, to a shell that waits for a key. */
export const warmStart: Benchmark = {
  rounds: 10,
  run: (bench, rounds) =>
    withLabProcess(bench, { DRYDOCK_POOL: '0' }, (without) =>
      withLabProcess(bench, { DRYDOCK_POOL: '1' }, async (pooled) => {
        const subject: number[] = [];
        const baseline: number[] = [];
        for (let round = 1; round <= rounds; round++) {
          await poolIsFull(bench, pooled);
          subject.push(await openToPrompt(bench, pooled));
          // Its successor is made now, and must not disturb the other one.
          await poolIsFull(bench, pooled);
          baseline.push(await openToPrompt(bench, without));
          bench.tell(
            `  ${round}/${rounds}: ${subject.at(-1)?.toFixed(0)} ms, without a pool ${baseline.at(-1)?.toFixed(0)} ms`,
          );
        }
        const { p50 } = summarise(subject);
        return {
          what: 'opening a lesson to the shell’s prompt over a page’s socket, with a sandbox in the pool, beside the same without a pool',
          unit: 'ms',
          subject: summarise(subject),
          baseline: summarise(baseline),
          ratio: rounded(p50 / summarise(baseline).p50),
          aim: `p50 under ${aimMs} ms`,
          met: p50 < aimMs,
        };
      }),
    ),
};

async function poolIsFull(bench: Workbench, lab: RunningLab): Promise<void> {
  const deadline = Date.now() + patience;
  for (;;) {
    const { pool } = (await (await fetch(`${lab.url}/api/health`)).json()) as Health;
    if (pool.ready > 0) break;
    if (Date.now() > deadline) throw new Error('the pool does not fill');
    await orAbort(bench.signal, sleep(100));
  }
  await orAbort(bench.signal, sleep(settleMs));
}

/** Milliseconds. */
async function openToPrompt(bench: Workbench, { url }: RunningLab): Promise<number> {
  const lab = await LabSocket.visit(url);
  try {
    let state = '';
    let output = '';
    lab.on('sandbox:changed', ({ sandbox }) => {
      state = sandbox.state;
    });
    lab.on('terminal:output', ({ data }) => {
      output += Buffer.from(data).toString('latin1');
    });
    const began = performance.now();
    const opened = await lab.ask('lesson:open', { lesson });
    if (state === '') state = opened.sandbox.state;
    await lab.until(() => state === 'ready' || state === 'failed', patience);
    if (state !== 'ready') throw new Error(`the sandbox is ${state}`);
    await lab.ask('terminal:open', { lesson, terminal: 'main', cols: 120, rows: 30, after: 0 });
    await orAbort(
      bench.signal,
      lab.until(() => output.includes(promptEnd), patience),
    );
    return performance.now() - began;
  } finally {
    lab.close(new Error('over'));
  }
}
