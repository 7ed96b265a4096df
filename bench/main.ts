import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import { DrydockError, describeError } from '../server/errors.ts';
import type { Benchmark, BenchmarkResult } from './benchmark.ts';
import { bulk } from './bulk.ts';
import { checks } from './checks.ts';
import { coldStart } from './cold-start.ts';
import { density } from './density.ts';
import { imageMaking } from './image-making.ts';
import { imagePull } from './image-pull.ts';
import { keystroke } from './keystroke.ts';
import { neighbour } from './neighbour.ts';
import { warmStart } from './warm-start.ts';
import { openWorkbench, type Workbench } from './workbench.ts';

/*
 * npm run bench [-- NAME…] [--rounds N] [--limit N]
 *
 * One JSON document on stdout, progress on stderr. Exit codes: 0 measured (whether or not the aims are met),
 * 1 failed, 2 wrong use, 130 interrupted.
 */
const benchmarks: Record<string, Benchmark> = {
  'cold-start': coldStart,
  'warm-start': warmStart,
  keystroke,
  bulk,
  checks,
  'image-pull': imagePull,
  'image-making': imageMaking,
  density,
  neighbour,
};

class WrongUse extends Error {}

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  process.on(signal, () => {
    if (!abort.signal.aborted) process.stderr.write('Stopping; what was made is being removed.\n');
    abort.abort(new Error('interrupted'));
  });
}

process.exitCode = await main().catch((error: unknown) => {
  // Everything is removed by now; a measurement that was left alone may still wait for its time-out.
  if (abort.signal.aborted) process.exit(130);
  const foreseen = error instanceof WrongUse || error instanceof DrydockError;
  process.stderr.write(`${foreseen || !(error instanceof Error) ? describeError(error) : error.stack}\n`);
  return error instanceof WrongUse ? 2 : 1;
});

async function main(): Promise<number> {
  const wanted = readArguments(process.argv.slice(2));
  const bench = await openWorkbench(abort.signal);
  const date = new Date().toISOString();
  const loadBefore = loadavg()[0];
  const results: Record<string, BenchmarkResult> = {};
  for (const name of wanted.names) {
    const benchmark = benchmarks[name] as Benchmark;
    const rounds = wanted.rounds ?? benchmark.rounds;
    bench.tell(`${name}, ${rounds} rounds`);
    const result = await benchmark.run(bench, rounds, { limit: wanted.limit });
    bench.tell(`${name}: ratio ${result.ratio}; ${result.aim}: ${result.met ? 'met' : 'MISSED'}`);
    results[name] = result;
  }
  const machine = { ...(await machineFacts(bench)), loadBefore, loadAfter: loadavg()[0] };
  const { reference, size } = bench.image;
  const document = { date, machine, image: { reference, size }, limits: bench.config.sandbox, benchmarks: results };
  process.stdout.write(`${JSON.stringify(document, null, 2)}\n`);
  return 0;
}

/** What the figures depend on, and nothing that says whose machine it is. */
async function machineFacts(bench: Workbench) {
  const host = await bench.host.describe();
  return {
    cpus: host.cpus,
    processor: cpus()[0]?.model ?? '',
    memory: host.memory,
    kernel: host.kernel,
    operatingSystem: host.operatingSystem,
    engine: host.engineVersion,
    cgroup: host.cgroupVersion,
    node: process.versions.node,
  };
}

/** @throws WrongUse */
function readArguments(args: string[]): { names: string[]; rounds: number | null; limit: number | null } {
  const known = Object.keys(benchmarks);
  let parsed: { values: { rounds?: string | undefined; limit?: string | undefined }; positionals: string[] };
  try {
    const options = { rounds: { type: 'string' }, limit: { type: 'string' } } as const;
    parsed = parseArgs({ args, options, allowPositionals: true });
  } catch (error) {
    throw new WrongUse(describeError(error));
  }
  const { values, positionals } = parsed;
  const unknown = positionals.find((name) => !Object.hasOwn(benchmarks, name));
  if (unknown !== undefined) throw new WrongUse(`There is no benchmark "${unknown}". There are: ${known.join(', ')}.`);
  if (values.limit !== undefined && !positionals.includes('density')) {
    throw new WrongUse('--limit is the number of sandboxes that density raises; name density, or leave it out.');
  }
  return {
    names: positionals.length === 0 ? known.filter((name) => benchmarks[name]?.onRequest !== true) : positionals,
    rounds: readNumber('rounds', values.rounds),
    limit: readNumber('limit', values.limit),
  };
}

/** @throws WrongUse */
function readNumber(name: string, text: string | undefined): number | null {
  if (text === undefined) return null;
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new WrongUse(`--${name} ${text}: allowed is a whole number from 1 to 9999.`);
  return Number(text);
}
