import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { readSetupRecord } from '../../server/setup-record.ts';
import { mainLabConfig } from '../../server/test-sandbox-image.ts';
import { openRegistry } from './open-registry.ts';
import { playRounds } from './play-rounds.ts';
import { whyNot } from './requirements.ts';
import { sweep, tearDown } from './tear-down.ts';

/*
 * npm run test:chaos [-- --seed N] [--rounds N] [--action WORDS]
 *
 * Breaks a lab of its own, on an engine of its own, round after round, while learners work; see CONTRIBUTING.md.
 * Exit codes: 0, 1 something was lost, 2 wrong use, 130 interrupted.
 */
const { values } = parseArgs({
  options: {
    seed: { type: 'string' },
    rounds: { type: 'string', default: '20' },
    /** Only actions whose name has these words. */
    action: { type: 'string', default: '' },
    /** The clone whose built server is tried. */
    server: { type: 'string', default: '.' },
    /** Where to write the totals. */
    report: { type: 'string' },
    /** Leave the folder with the logs. */
    keep: { type: 'boolean', default: false },
  },
});
const seed = values.seed === undefined ? Math.floor(Math.random() * 2 ** 31) : Number(values.seed);
const rounds = Number(values.rounds);
if (!Number.isSafeInteger(seed) || !Number.isSafeInteger(rounds) || rounds < 1) {
  console.error('--seed and --rounds are whole numbers.');
  process.exit(2);
}

const abort = new AbortController();
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => abort.abort());
const interrupted = new Promise<never>((_resolve, reject) => {
  abort.signal.addEventListener('abort', () => reject(new Error('interrupted')), { once: true });
});
interrupted.catch(() => undefined);
process.exit(await main());

async function main(): Promise<number> {
  const reason = whyNot(resolve(values.server));
  if (reason !== null) {
    console.log(`skipped: ${reason}`);
    await report({ passed: 0, failed: 0, skipped: rounds });
    return 0;
  }
  const config = mainLabConfig();
  const made = await readSetupRecord(config.dataDir);
  await sweep();
  const folder = await mkdtemp(join(tmpdir(), 'drydock-chaos-'));
  console.log(
    `chaos: seed ${seed}, ${rounds} rounds; again with: npm run test:chaos -- --seed ${seed} --rounds ${rounds}`,
  );
  let passed = 0;
  let failed = 0;
  try {
    const playing = playRounds({
      seed,
      rounds,
      only: values.action,
      folder,
      server: resolve(values.server),
      dockerHost: config.dockerHost,
      images: { sandbox: made.sandboxImage, registry: made.registryImage },
      registry: openRegistry(config.engine, made.registry.lab, made.registryImage),
      signal: abort.signal,
      say: (line) => console.log(line),
    });
    // Whatever it waits for is not waited for when it is interrupted.
    const result = await Promise.race([playing, interrupted]);
    passed = result.passed;
    failed = result.failed;
  } catch (error) {
    if (!abort.signal.aborted) {
      failed += 1;
      console.error(error);
    }
  } finally {
    await tearDown(folder, values.keep);
  }
  await report({ passed, failed, skipped: Math.max(0, rounds - passed - failed) });
  if (abort.signal.aborted) return 130;
  console.log(failed === 0 ? `${passed} rounds passed, nothing was lost` : `failed with seed ${seed}`);
  return failed === 0 ? 0 : 1;
}

async function report(totals: { passed: number; failed: number; skipped: number }): Promise<void> {
  if (values.report !== undefined) await writeFile(values.report, JSON.stringify(totals));
}
