import { randomBytes } from 'node:crypto';
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Engine } from '../docker/engine.ts';
import type { Following } from '../docker/image-builder.ts';
import { DrydockError } from '../errors.ts';
import { TestRegistry } from '../registry/registry-fixture.ts';
import { readSetupRecord } from '../setup-record.ts';
import { mainLabConfig } from '../test-sandbox-image.ts';
import { type BundleSummary, bundleImages } from './bundle.ts';
import { readCatalogue } from './catalogue.ts';
import type { MadeImage } from './images-record.ts';
import { baseReference, labImageReference } from './lab-images.ts';
import { recipeOf } from './recipe.ts';

const clone = resolve(import.meta.dirname, '../..');
const ignore = (): void => undefined;
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

const catalogue = {
  one: 'description: One.\nnames: [one:latest, one:1]\nhub: null\nbuild: { seconds: 1 }\n',
  two: 'description: Two.\nnames: [two:latest]\nhub: null\nbuild: { seconds: 1 }\n',
  alpine: 'description: Not here.\nnames: [alpine:latest]\nhub: alpine:latest\nbuild: null\ninstead: Take one.\n',
};

/** A lab on the real engine with two small images, and a clone of its own, to make bundles of it. */
export class BundleLab {
  /** Its images are those of the lab under test by other names, so nothing is built. */
  readonly root = mkdtempSync(join(tmpdir(), 'drydock-bundle-'));
  readonly file = join(this.root, 'class.tar');
  readonly made: MadeImage[] = [];
  /** References of its own images; the base is everybody's. */
  readonly references: string[] = [];
  readonly source: TestRegistry;

  private constructor(source: TestRegistry) {
    this.source = source;
  }

  /** @param sandbox the real one has to be compressed, which takes long; `small` is no sandbox at all */
  static async open(sandbox: 'real' | 'small'): Promise<BundleLab> {
    const lab = new BundleLab(await TestRegistry.open());
    await lab.#makeClone(sandbox);
    await lab.#publish('one', 'small');
    // Big enough to be interrupted in the middle.
    await lab.#publish('two', randomBytes(24 * 2 ** 20));
    return lab;
  }

  /** With one that the catalogue has, and that cannot be had. */
  async bundle(to = this.file, options: Following = {}): Promise<BundleSummary> {
    return bundleImages(
      {
        config: { root: this.root },
        dataDir: join(this.root, 'made'),
        engine: engineOf(this.source.lab),
        registry: this.source.registry,
        maker: {
          state: async () => new Map(this.made.map((image) => [image.id, image])),
          make: async ({ id }) => {
            throw new DrydockError('image.unavailable', `${id} comes from Docker Hub alone.`);
          },
        },
        images: await readCatalogue(join(this.root, 'images')),
      },
      to,
      options,
    );
  }

  async dispose(): Promise<void> {
    // Some are second names of images that the source removes by their ids.
    for (const reference of this.references) await this.source.images.remove(reference);
    await this.source.dispose();
    rmSync(this.root, { recursive: true, force: true });
  }

  async #makeClone(sandbox: 'real' | 'small'): Promise<void> {
    for (const part of ['sandbox', 'registry']) {
      mkdirSync(join(this.root, 'images', part), { recursive: true });
      writeFileSync(join(this.root, 'images', part, 'Dockerfile'), `FROM ${randomBytes(8).toString('hex')}\n`);
    }
    for (const [id, text] of Object.entries(catalogue)) {
      mkdirSync(join(this.root, 'images', id));
      writeFileSync(join(this.root, 'images', id, 'image.yaml'), text);
    }
    cpSync(join(clone, 'images/base'), join(this.root, 'images/base'), { recursive: true });
    writeFileSync(join(this.root, 'package.json'), JSON.stringify({ version: '0.1.0' }));
    const { images } = this.source;
    const record = await readSetupRecord(mainLabConfig().dataDir);
    const base = await images.find(baseReference);
    const sandboxImage =
      sandbox === 'real' ? record.sandboxImage : (await this.source.image('sandbox', 'small')).reference;
    const parts = { sandbox: sandboxImage, registry: record.registryImage };
    for (const part of ['sandbox', 'registry'] as const) {
      const reference = await labImageReference(this.root, base?.identity ?? '', part);
      this.references.push(reference);
      await images.tag(parts[part], reference);
    }
  }

  async #publish(id: string, content: string | Buffer): Promise<void> {
    const inCatalogue = (await readCatalogue(join(this.root, 'images'))).find((each) => each.id === id);
    if (inCatalogue === undefined) throw new Error(`${id} is not in the catalogue`);
    const { names } = inCatalogue;
    const base = await this.source.images.find(baseReference);
    const recipe = await recipeOf(inCatalogue, 'drydock', base?.identity ?? null);
    const image = await this.source.image(id, content, ['HEALTHCHECK CMD ["/content"]']);
    const [served] = await this.source.registry.publish(image.reference, names);
    if (served === undefined) throw new Error(`${id} is not served`);
    const { digest, platform, download, layers } = served;
    const facts = { hubDigest: null, recipe, unpacked: image.size, madeAt: 1, tookMs: 1 };
    this.made.push({
      ...facts,
      ...{ id, source: 'drydock', origin: `${id} of a test`, names, digest, platform, download, layers },
    });
  }
}

/** The real engine, as a lab of that name uses it. */
export function engineOf(lab: string): Engine {
  return new Engine(mainLabConfig().engine, lab, logger);
}
