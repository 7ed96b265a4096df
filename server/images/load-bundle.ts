import { type FileHandle, open } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { formatBytes } from '../checks/comparison.ts';
import type { Config } from '../config.ts';
import { freeBytes } from '../docker/choose-disks.ts';
import type { Engine } from '../docker/engine.ts';
import { readEngineFacts } from '../docker/engine-facts.ts';
import { type Following, ImageBuilder } from '../docker/image-builder.ts';
import { loadImages } from '../docker/load-images.ts';
import { RegistryContainers } from '../docker/registry-containers.ts';
import { DrydockError, describeError } from '../errors.ts';
import { Registry } from '../registry/registry.ts';
import { readVersion } from './bundle.ts';
import { type CheckedBundle, checkBundle } from './bundle-check.ts';
import { bundleParts } from './bundle-contents.ts';
import { olderThanHere, requireSuitable } from './bundle-fit.ts';
import { engineArchive, registryLayout } from './bundle-streams.ts';
import { type CatalogueImage, readCatalogue } from './catalogue.ts';
import { enginePlatform } from './engine-platform.ts';
import { withImagesLock } from './images-lock.ts';
import { hubDigestKey, type MadeImage, readImagesRecord, writeImagesRecord } from './images-record.ts';
import { labImageReference } from './lab-images.ts';
import { typedName } from './typed-name.ts';

/** Milliseconds another process that makes images for this lab is waited for. */
const lockPatience = 10 * 60_000;

export interface LoadParts {
  config: Pick<Config, 'root' | 'dataDir'>;
  engine: Engine;
}

export interface LoadSummary {
  /** Whole path. */
  file: string;
  bytes: number;
  /** Names of the images for learners that were put into the registry. */
  loaded: string[];
  /** Those that were there already. */
  kept: string[];
  /** Of both, those that this clone would make otherwise by now; they are served all the same. */
  older: string[];
  /** Those that this clone's catalogue does not have: they were left out. */
  unknown: string[];
}

/**
 * Makes of a bundle what `npm start` would have made from Debian packages and Docker Hub: the images that the lab
 * consists of on the engine, its registry, and in that the images for learners. All of it is checked before anything
 * changes; loading it again changes nothing.
 * @throws bundle.invalid, bundle.damaged, bundle.unsuitable, host.disk-full, registry.failed, image.busy, engine.*
 */
export async function loadBundle(parts: LoadParts, file: string, options: Following = {}): Promise<LoadSummary> {
  const path = resolve(file);
  const handle = await openBundle(path);
  try {
    const tell = options.onLine ?? (() => undefined);
    const bundle = await checkBundle(handle, {
      onProgress: (done, all) => tell(`checking the bundle: ${formatBytes(done)} of ${formatBytes(all)}`),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    });
    const facts = await readEngineFacts(parts.engine);
    await requireSuitable(bundle.contents, {
      root: parts.config.root,
      version: await readVersion(parts.config.root),
      platform: enginePlatform(facts.architecture),
    });
    const lock = {
      waitMs: lockPatience,
      onWait: () => tell('waiting for another process that makes images for this lab'),
      ...(options.signal === undefined ? {} : { signal: options.signal }),
    };
    const learners = await withImagesLock(parts.config.dataDir, lock, async () => {
      const registry = await loadLab(parts, handle, bundle, options);
      return loadLearners(parts, registry, handle, bundle, options);
    });
    return { file: path, bytes: (await handle.stat()).size, ...learners };
  } finally {
    await handle.close();
  }
}

/** The lab's own images onto the engine, under the names by which its set-up looks for them. */
async function loadLab(
  { config, engine }: LoadParts,
  handle: FileHandle,
  { contents, images, blobs }: CheckedBundle,
  options: Following,
): Promise<Registry> {
  const builder = new ImageBuilder(engine);
  const there = await Promise.all(
    bundleParts.map(async (part) => {
      const { reference, identity } = contents.lab[part];
      return (await builder.find(reference))?.identity === identity;
    }),
  );
  if (!there.every((found) => found)) {
    // As the archive, in a folder of the engine's own, and unpacked.
    await requireRoom(engine, sum(bundleParts.map((part) => contents.lab[part].unpacked)) * 1.5);
    options.onLine?.('loading the images of the lab itself');
    await loadImages(
      engine,
      engineArchive(handle, contents, images, blobs, progress(options, 'the lab itself')),
      options,
    );
  }
  for (const part of bundleParts) {
    const { reference, identity } = contents.lab[part];
    const found = await builder.find(reference);
    if (found?.identity === identity) continue;
    throw new DrydockError(
      'bundle.unsuitable',
      `The Docker Engine here loaded the image ${reference} with other layers or settings than it has in the bundle, so the lab would not use it. Run the same again; if it stays like this, make the bundle on a machine with the same version of Docker Engine.`,
      { details: { reference, expected: identity, found: found?.identity ?? null } },
    );
  }
  const registry = new Registry({
    containers: new RegistryContainers(engine),
    images: builder,
    image: await labImageReference(config.root, contents.lab.base.identity, 'registry'),
  });
  options.onLine?.('starting the registry');
  await registry.ensure({ replace: true });
  return registry;
}

/** The images for learners into the registry, and where they came from into its record. */
async function loadLearners(
  { config, engine }: LoadParts,
  registry: Registry,
  handle: FileHandle,
  bundle: CheckedBundle,
  options: Following,
): Promise<Omit<LoadSummary, 'file' | 'bytes'>> {
  const { contents } = bundle;
  const catalogue = new Map((await readCatalogue(join(config.root, 'images'))).map((image) => [image.id, image]));
  // What no page lists and nobody renews would be served for ever.
  const known = contents.images.filter(({ id }) => catalogue.has(id));
  const served = new Map((await registry.list()).map(({ name, digest }) => [name, digest]));
  const missing = known.filter(({ names, digest }) => names.some((name) => served.get(name) !== digest));
  const names = missing.flatMap((image) => image.names);
  if (names.length > 0) {
    await requireRoom(engine, downloadOf(missing));
    const layout = registryLayout(handle, names, bundle.images, bundle.blobs, progress(options, 'images for learners'));
    const now = new Map((await registry.unpack(layout, names, options)).map(({ name, digest }) => [name, digest]));
    for (const image of missing) {
      const wrong = image.names.find((name) => now.get(name) !== image.digest);
      if (wrong === undefined) continue;
      throw new DrydockError(
        'registry.failed',
        `The registry has another image as ${wrong} than the bundle. Run the same again; \`npm run images -- verify\` says whether its storage is damaged.`,
      );
    }
  }
  await remember(config.dataDir, catalogue, known);
  const namesOf = (images: MadeImage[]): string[] => images.map(typedName);
  return {
    loaded: namesOf(missing),
    kept: namesOf(known.filter((image) => !missing.includes(image))),
    older: namesOf(await olderThanHere(contents, catalogue)),
    unknown: namesOf(contents.images.filter(({ id }) => !catalogue.has(id))),
  };
}

/** @throws host.disk-full when the engine's disk is known and has less */
async function requireRoom(engine: Engine, bytes: number): Promise<void> {
  const free = await freeBytes(engine);
  if (free === null || free > bytes) return;
  throw new DrydockError(
    'host.disk-full',
    `Loading this bundle takes about ${formatBytes(bytes)} on the disk of the Docker Engine, which has ${formatBytes(free)} free. Make room there, then run the same again.`,
  );
}

/** Bytes; layers that several share count once. */
function downloadOf(images: readonly MadeImage[]): number {
  return sum([...new Map(images.flatMap(({ layers }) => layers.map((each) => [each.digest, each.bytes]))).values()]);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, each) => total + each, 0);
}

/** As if this lab had made them: the first pull from Docker Hub was that of who made the bundle. */
async function remember(
  dataDir: string,
  catalogue: ReadonlyMap<string, CatalogueImage>,
  images: readonly MadeImage[],
): Promise<void> {
  const record = await readImagesRecord(dataDir);
  for (const image of images) {
    record.images.set(image.id, image);
    const hub = catalogue.get(image.id)?.hub ?? null;
    if (hub !== null && image.hubDigest !== null)
      record.hubDigests.set(hubDigestKey(hub, image.platform), image.hubDigest);
  }
  await writeImagesRecord(dataDir, record);
}

function progress(
  { onLine, signal }: Following,
  what: string,
): { onRead: (bytes: number, all: number) => void; signal?: AbortSignal } {
  return {
    onRead: (bytes, all) => onLine?.(`loading ${what}: ${formatBytes(bytes)} of ${formatBytes(all)}`),
    ...(signal === undefined ? {} : { signal }),
  };
}

async function openBundle(path: string): Promise<FileHandle> {
  let handle: FileHandle;
  try {
    handle = await open(path, 'r');
  } catch (cause) {
    throw new DrydockError('bundle.invalid', `The bundle ${path} cannot be opened: ${describeError(cause)}.`, {
      cause,
    });
  }
  if ((await handle.stat()).isFile()) return handle;
  await handle.close();
  throw new DrydockError(
    'bundle.invalid',
    `${path} is no file. A bundle is one file, as \`npm run images -- bundle FILE\` writes it.`,
  );
}
