import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { labId } from '../server/config.ts';
import { Engine } from '../server/docker/engine.ts';
import { ImageBuilder } from '../server/docker/image-builder.ts';
import { RegistryContainers } from '../server/docker/registry-containers.ts';
import { describeError } from '../server/errors.ts';
import { openImages } from '../server/images/cli-images.ts';
import { baseReference } from '../server/images/lab-images.ts';
import { Registry } from '../server/registry/registry.ts';
import { readSetupRecord, writeSetupRecord } from '../server/setup-record.ts';
import type { Benchmark } from './benchmark.ts';
import { besideBaseline } from './beside-baseline.ts';
import { rounded } from './summary.ts';
import type { Workbench } from './workbench.ts';

/** The catalogue has some fifteen images, and the largest are several times what the baseline is. */
const atMost = 40;

const silent = { debug() {}, info() {}, warn() {}, error() {} };

/** Everything that can be built, one after the other into an empty registry, beside one plain installation. */
export const imageMaking: Benchmark = {
  rounds: 1,
  onRequest: true,
  run: async (bench, rounds) => {
    const subject: number[] = [];
    const baseline: number[] = [];
    let images: Record<string, unknown> = {};
    for (let round = 1; round <= rounds; round++) {
      bench.tell(`  ${round}/${rounds}: the baseline`);
      baseline.push(await plainBuild(bench));
      const made = await makeAll(bench);
      subject.push(made.ms);
      images = made.images;
    }
    return besideBaseline(
      'making all images of the catalogue from Debian packages into an empty registry, beside `apt-get install nginx` in one plain build',
      { subject, baseline },
      atMost,
      { images },
    );
  },
};

/** In a lab of its own, so that nothing of the person's registry is touched. */
async function makeAll(bench: Workbench): Promise<{ ms: number; images: Record<string, unknown> }> {
  const dataDir = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  const engine = new Engine(bench.config.engine, labId(dataDir), silent);
  const containers = new RegistryContainers(engine);
  try {
    const record = await readSetupRecord(bench.config.dataDir);
    await writeSetupRecord(dataDir, { ...record, registry: { lab: labId(dataDir), dataDir } });
    await new Registry({ containers, images: new ImageBuilder(engine), image: record.registryImage }).ensure();
    const env = { ...process.env, DRYDOCK_DATA: dataDir, DRYDOCK_HUB: 'none' };
    const { catalogue, maker } = await openImages({ root: bench.config.root, env });
    const images: Record<string, unknown> = {};
    let ms = 0;
    for (const image of catalogue.filter(({ build }) => build !== null)) {
      bench.signal.throwIfAborted();
      const began = performance.now();
      try {
        const made = await maker.make(image, { source: 'drydock', signal: bench.signal });
        const took = performance.now() - began;
        ms += took;
        images[image.id] = { ms: rounded(took), downloadBytes: made.download, unpackedBytes: made.unpacked };
        bench.tell(`  ${image.id}: ${(took / 1000).toFixed(1)} s`);
      } catch (error) {
        bench.signal.throwIfAborted();
        // One that cannot be made here (a mirror without its packages) says nothing about the others.
        images[image.id] = { failed: describeError(error) };
        bench.tell(`  ${image.id}: ${describeError(error)}`);
      }
    }
    return { ms, images };
  } finally {
    await containers.removeAll();
    rmSync(dataDir, { recursive: true, force: true });
  }
}

async function plainBuild(bench: Workbench): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-bench-'));
  const images = new ImageBuilder(bench.engine);
  const tag = `drydock/bench-plain:${process.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    // A comment of its own, so that no layer of an earlier run is taken.
    const install = `: ${Date.now()}; apt-get update && apt-get install -y --no-install-recommends nginx`;
    writeFileSync(join(folder, 'Dockerfile'), `ARG BASE\nFROM \${BASE}\nRUN ${install}\n`);
    const began = performance.now();
    await images.build(folder, { tag, buildArgs: { BASE: baseReference }, hostNetwork: true, signal: bench.signal });
    return performance.now() - began;
  } finally {
    await images.remove(tag);
    rmSync(folder, { recursive: true, force: true });
  }
}
