import { performance } from 'node:perf_hooks';
import type { SandboxSpec } from '../server/docker/sandbox-host.ts';
import type { Benchmark } from './benchmark.ts';
import { orAbort } from './or-abort.ts';
import { startStockSandbox } from './stock-sandbox.ts';
import { rounded, summarise } from './summary.ts';
import { newSandbox, type Workbench } from './workbench.ts';

const atMost = 0.5;
const promptEnd = '\u001b]633;B';

/** From nothing (no container, no volume) to a shell that waits for a key. */
export const coldStart: Benchmark = {
  rounds: 10,
  run: async (bench, rounds) => {
    const subject: number[] = [];
    const baseline: number[] = [];
    const stages: Stages[] = [];
    for (let round = 1; round <= rounds; round++) {
      const ours = await timed(bench, async (spec) => void stages.push(await startToPrompt(bench, spec)));
      const stock = await timed(bench, (spec) => startStockSandbox(bench, spec));
      subject.push(ours);
      baseline.push(stock);
      bench.tell(`  ${round}/${rounds}: ${ours.toFixed(0)} ms, stock ${stock.toFixed(0)} ms`);
    }
    const ratio = summarise(subject).p50 / summarise(baseline).p50;
    return {
      what: 'request to the shell’s prompt, beside the distribution’s rootless entry script until `docker version` answers',
      unit: 'ms',
      subject: summarise(subject),
      baseline: summarise(baseline),
      ratio: rounded(ratio),
      aim: `ratio at most ${atMost}`,
      met: ratio <= atMost,
      details: {
        makeMs: summarise(stages.map((each) => each.make)).p50,
        startMs: summarise(stages.map((each) => each.start)).p50,
        promptMs: summarise(stages.map((each) => each.prompt)).p50,
        registry: bench.registryVolume !== null,
      },
    };
  },
};

/** Milliseconds of `start`; what it made is removed outside of them, whatever happened. */
async function timed(bench: Workbench, start: (spec: SandboxSpec) => Promise<void>): Promise<number> {
  bench.signal.throwIfAborted();
  const spec = newSandbox(bench);
  try {
    const began = performance.now();
    await start(spec);
    return performance.now() - began;
  } finally {
    await bench.host.remove(spec.id, { keepHome: false });
  }
}

/** Milliseconds until the container was made, until its dockerd answered, and until the prompt was there. */
interface Stages {
  make: number;
  start: number;
  prompt: number;
}

async function startToPrompt(bench: Workbench, spec: SandboxSpec): Promise<Stages> {
  const began = performance.now();
  await bench.host.make(spec);
  const made = performance.now();
  await bench.host.start(spec.id, { timeoutMs: 60_000 });
  const started = performance.now();
  await firstPrompt(bench, spec.id);
  return { make: made - began, start: started - made, prompt: performance.now() - started };
}

async function firstPrompt(bench: Workbench, id: string): Promise<void> {
  const terminal = { name: 'bench-main', cols: 120, rows: 30, cwd: '/root/bench', nonce: 'bench', after: 0 };
  const connection = await bench.host.attachTerminal(id, terminal);
  try {
    let output = '';
    const prompt = new Promise<void>((resolve, reject) => {
      connection.onEnd = () => reject(new Error('the shell ended before its prompt'));
      connection.onOutput = ({ data }) => {
        output += data.toString('latin1');
        if (output.includes(promptEnd)) resolve();
      };
    });
    await orAbort(AbortSignal.any([bench.signal, AbortSignal.timeout(15_000)]), prompt);
  } finally {
    connection.dispose();
  }
}
