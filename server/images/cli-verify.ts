import { toErrorBody } from '../errors.ts';
import { type ImagesAtHand, type ImagesCommand, makeAll } from './cli-command.ts';
import { typedName } from './typed-name.ts';

interface Damaged {
  name: string;
  digest: string;
  problem: string;
}

export const verifyCommand: ImagesCommand = {
  name: 'verify',
  synopsis: ['[--mend] [--json]'],
  summary:
    'reads everything that the registry serves, compares it with its digests and with what was put there, and says what is damaged. --mend removes that and makes it anew.',
  options: ['--mend', '--json'],
  words: { min: 0, max: 0, what: 'words' },
  run: async ({ options }, io) => {
    const hand = await io.open();
    const line = io.progress.begin('reading what the registry serves');
    const damaged = await lookAtAll(hand, { signal: io.signal, onLine: (text) => line.tell(text) }).catch(
      (error: unknown) => {
        line.failed();
        throw error;
      },
    );
    line.done();
    const json = options.has('--json');
    if (!json) {
      for (const { name, digest, problem } of damaged) io.out(`${name}: ${problem} (${digest})\n`);
      if (damaged.length === 0) io.out('Everything is as it was put there.\n');
    }
    if (damaged.length === 0 || !options.has('--mend')) {
      if (json) io.out(`${JSON.stringify({ damaged, made: [], failed: [] }, null, 2)}\n`);
      else if (damaged.length > 0) io.out('\n`npm run images -- verify --mend` makes it anew.\n');
      return damaged.length === 0 ? 0 : 1;
    }
    const lost = await hand.maker.mend({ signal: io.signal });
    const { made, failed } = await makeAll(lost, (image, following) => hand.maker.make(image, following), io);
    if (json) {
      const errors = failed.map(({ id, error }) => ({ id, error: toErrorBody(error) }));
      io.out(`${JSON.stringify({ damaged, made, failed: errors }, null, 2)}\n`);
    } else {
      io.out(
        failed.length === 0
          ? `Mended: ${made.map(typedName).join(', ') || 'what was damaged belonged to no image of the catalogue, and is gone'}.\n`
          : `${failed.length} could not be made anew; nothing damaged is served. Where there is a bundle with them, \`npm run images -- load FILE\` brings them back without internet.\n`,
      );
    }
    return failed.length === 0 ? 0 : 1;
  },
};

/** What the registry finds, and what was put into it and is not there, or is another image. */
async function lookAtAll(
  { registry, maker }: ImagesAtHand,
  following: { signal: AbortSignal; onLine: (line: string) => void },
): Promise<Damaged[]> {
  const found: Damaged[] = await registry.verify(following);
  const known = new Set(found.map(({ name }) => name));
  for (const { name, expected, served } of await maker.recorded()) {
    if (served === expected || known.has(name)) continue;
    found.push({
      name,
      digest: expected,
      problem: served === null ? 'is not served any more' : `is not what was put there: ${served}`,
    });
  }
  return found;
}
