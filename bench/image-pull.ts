import { performance } from 'node:perf_hooks';
import { openImages } from '../server/images/cli-images.ts';
import type { MadeImage } from '../server/images/image-maker.ts';
import type { Benchmark } from './benchmark.ts';
import { orAbort } from './or-abort.ts';
import { rounded, summarise } from './summary.ts';
import { inSandbox, newSandbox, type Workbench } from './workbench.ts';

/** A pull unpacks as `docker load` does, and checks digests on the way; what it adds must stay small. */
const atMost = 1.5;

interface Took {
  pull: number[];
  load: number[];
}

/** `docker pull` of every image from the lab's registry in a sandbox, beside `docker load` of the same image from a file there. */
export const imagePull: Benchmark = {
  rounds: 3,
  run: async (bench, rounds) => {
    const images = await servedImages(bench);
    const spec = newSandbox(bench);
    const took = new Map<string, Took>(images.map(({ id }) => [id, { pull: [], load: [] }]));
    try {
      await bench.host.make(spec);
      await bench.host.start(spec.id, { timeoutMs: 60_000 });
      for (let round = 1; round <= rounds; round++) {
        for (const image of images) {
          const { pull, load } = await orAbort(bench.signal, once(bench, spec.id, image.names[0] ?? ''));
          took.get(image.id)?.pull.push(pull);
          took.get(image.id)?.load.push(load);
          bench.tell(`  ${round}/${rounds} ${image.id}: pull ${pull.toFixed(0)} ms, load ${load.toFixed(0)} ms`);
        }
      }
    } finally {
      await bench.host.remove(spec.id, { keepHome: false });
    }
    return report(images, took);
  },
};

async function servedImages(bench: Workbench): Promise<MadeImage[]> {
  if (bench.registryVolume === null) throw new Error('There is no registry. `npm start` makes it.');
  const { maker } = await openImages({ root: bench.config.root, env: process.env });
  const images = [...(await maker.look()).served.values()];
  if (images.length === 0) throw new Error('The registry serves nothing. `npm run images -- build` makes the images.');
  return images;
}

/** Each with nothing of the image there: layers that another image shares would cost nothing. */
async function once(bench: Workbench, id: string, name: string): Promise<{ pull: number; load: number }> {
  const pull = await timed(bench, id, `docker pull -q ${name}`);
  // On the daemon's own disk: the home has less room.
  await must(bench, id, `docker save -o /var/lib/docker/bench.tar ${name} && docker rmi -f ${name}`);
  const load = await timed(bench, id, 'docker load -q -i /var/lib/docker/bench.tar');
  await must(bench, id, `rm /var/lib/docker/bench.tar && docker rmi -f ${name}`);
  return { pull, load };
}

async function timed(bench: Workbench, id: string, command: string): Promise<number> {
  const began = performance.now();
  await must(bench, id, command);
  return performance.now() - began;
}

async function must(bench: Workbench, id: string, command: string): Promise<void> {
  const { exit, stderr } = await inSandbox(bench, id, command);
  if (exit !== 0) throw new Error(`\`${command}\` ended with ${exit}: ${stderr}`);
}

function report(images: readonly MadeImage[], took: ReadonlyMap<string, Took>) {
  const each = images.map(({ id, download, unpacked }) => {
    const { pull, load } = took.get(id) ?? { pull: [], load: [] };
    const [pullMs, loadMs] = [summarise(pull).p50, summarise(load).p50];
    return { id, downloadBytes: download, unpackedBytes: unpacked, pullMs, loadMs, ratio: rounded(pullMs / loadMs) };
  });
  const [pulls, loads] = [each.map(({ pullMs }) => pullMs), each.map(({ loadMs }) => loadMs)];
  const ratio = sum(pulls) / sum(loads);
  return {
    what: '`docker pull` of every image of the catalogue in a sandbox, beside `docker load` of it from a file there; a sample for each image',
    unit: 'ms' as const,
    subject: summarise(pulls),
    baseline: summarise(loads),
    ratio: rounded(ratio),
    aim: `all of them together, ratio at most ${atMost}`,
    met: ratio <= atMost,
    details: { ratioOf: 'sums of the medians', images: each },
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
