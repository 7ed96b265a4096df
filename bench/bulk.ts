import { finished } from 'node:stream/promises';
import type { Benchmark } from './benchmark.ts';
import { rounded, summarise } from './summary.ts';
import { type TerminalLab, withTerminalLab } from './terminal-lab.ts';

const atLeast = 0.8;
const size = 64 * 1024 * 1024;
const file = '/root/bulk.txt';
/** Milliseconds; 64 MiB took 4 s on two cores. */
const timeout = 120_000;

/** A long text printed in a terminal. */
export const bulk: Benchmark = {
  rounds: 5,
  run: (bench, rounds) =>
    withTerminalLab(bench, async (lab) => {
      await writeText(lab);
      const subject: number[] = [];
      const baseline: number[] = [];
      const received = new Set<number>();
      for (let round = 0; round <= rounds; round++) {
        const ours = await lab.page.bulk(`cat ${file}`, timeout);
        const theirs = await lab.bare.bulk(`cat ${file}`, timeout);
        if (ours.bytes < size || theirs.bytes < size) throw new Error('output is missing');
        received.add(ours.bytes);
        const [a, b] = [rate(ours), rate(theirs)];
        bench.tell(`  ${round}/${rounds}: ${megabytes(a)}, bare ${megabytes(b)}${round === 0 ? ' (not counted)' : ''}`);
        if (round === 0) continue;
        subject.push(a);
        baseline.push(b);
      }
      const ratio = summarise(subject).p50 / summarise(baseline).p50;
      return {
        what: `output of \`cat\` of ${size / 2 ** 20} MiB of lines through a browser’s socket, beside a bare dockerode exec with a TTY`,
        unit: 'bytes/s',
        subject: summarise(subject),
        baseline: summarise(baseline),
        ratio: rounded(ratio),
        aim: `ratio at least ${atLeast}`,
        met: ratio >= atLeast,
        details: { fileBytes: size, receivedBytes: Math.max(...received), browser: lab.browser },
      };
    }),
};

async function writeText({ host, sandboxId }: TerminalLab): Promise<void> {
  const script = `seq -f 'line %.0f: Step 3/7 : RUN apt-get install -y --no-install-recommends curl' 999999999 | head -c ${size} > ${file}`;
  const session = await host.exec(sandboxId, { argv: ['sh', '-c', script] });
  session.stdout.resume();
  session.stderr.resume();
  const code = await session.exit;
  await Promise.all([finished(session.stdout), finished(session.stderr)]);
  session.dispose();
  if (code !== 0) throw new Error(`the text could not be written (exit code ${code})`);
}

function rate({ bytes, milliseconds }: { bytes: number; milliseconds: number }): number {
  return bytes / (milliseconds / 1000);
}

function megabytes(bytesPerSecond: number): string {
  return `${(bytesPerSecond / 1e6).toFixed(1)} MB/s`;
}
