import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import * as z from 'zod';
import type { Config } from '../config.ts';
import { Engine } from '../docker/engine.ts';
import { TestRegistry } from '../registry/registry-fixture.ts';
import { readSetupRecord } from '../setup-record.ts';
import { mainLabConfig } from '../test-sandbox-image.ts';
import { type CatalogueImage, readCatalogue } from './catalogue.ts';
import { ImageMaker } from './image-maker.ts';

const run = promisify(execFile);
const ignore = (): void => undefined;
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };

/** A catalogue of its own, a registry that takes the part of Docker Hub, and a lab's registry, on the real engine. */
export class TestMaker {
  readonly served: TestRegistry;
  readonly folder = mkdtempSync(join(tmpdir(), 'drydock-maker-'));
  readonly dataDir = join(this.folder, 'data');
  readonly catalogue = join(this.folder, 'images');
  readonly hub: TestHub;
  readonly config: Config;

  private constructor(served: TestRegistry, hub: TestHub) {
    this.served = served;
    this.hub = hub;
    const main = mainLabConfig();
    const images = { ...main.images, hub: hub.address };
    this.config = { ...main, lab: served.lab, dataDir: this.dataDir, images };
    mkdirSync(this.catalogue);
  }

  static async open(): Promise<TestMaker> {
    const served = await TestRegistry.open();
    const maker = new TestMaker(served, await TestHub.start(served.lab));
    await served.registry.ensure();
    return maker;
  }

  /** A maker that has not asked Docker Hub yet. @param hub another address than that of the test's; null: none */
  maker(hub: string | null = this.hub.address): ImageMaker {
    const { config, dataDir, catalogue } = this;
    const engine = new Engine(config.engine, config.lab, logger);
    const registry = this.served.another();
    return new ImageMaker({
      config: { ...config, images: { ...config.images, hub } },
      engine,
      registry,
      dataDir,
      catalogue,
    });
  }

  /** Writes an image of the catalogue. `files` by their paths. */
  async declare(id: string, yaml: string[], files: Record<string, string> = {}): Promise<CatalogueImage> {
    const all = { 'image.yaml': ['description: A tool.', ...yaml].join('\n'), ...files };
    for (const [path, text] of Object.entries(all)) {
      const file = join(this.catalogue, id, path);
      mkdirSync(dirname(file), { recursive: true });
      writeFileSync(file, text);
    }
    const found = (await readCatalogue(this.catalogue)).find((image) => image.id === id);
    if (found === undefined) throw new Error(`${id} is no image`);
    return found;
  }

  /** Digests by name, as the registry serves them. */
  async digests(): Promise<Record<string, string>> {
    return Object.fromEntries((await this.served.registry.list()).map(({ name, digest }) => [name, digest]));
  }

  /** Labels of an image, as somebody gets them who pulls it. */
  async labelsOf(name: string): Promise<Record<string, string>> {
    const [repository = '', tag = ''] = `library/${name}`.split(':');
    const manifest = await this.served.request('GET', `/v2/${repository}/manifests/${tag}`);
    const { config } = JSON.parse(manifest.body) as { config: { digest: string } };
    const blob = await this.served.request('GET', `/v2/${repository}/blobs/${config.digest}`);
    return (JSON.parse(blob.body) as { config: { Labels?: Record<string, string> } }).config.Labels ?? {};
  }

  /** Everything on the engine that came of a build with this word in a command, and of this lab's images. */
  async leftOf(word: string): Promise<string[]> {
    const ids = [...new Set((await this.served.docker('images', '-aq', '--no-trunc')).split('\n'))];
    // Others use the engine, too: one that has gone since it was listed is complained of, and the rest is told.
    const { stdout } = await run('docker', ['image', 'inspect', ...ids], { maxBuffer: 2 ** 26 }).catch(
      (error: { stdout: string }) => error,
    );
    const own = [word, `:${this.config.lab}"`, this.hub.address];
    const found = z
      .array(z.looseObject({ Id: z.string() }))
      .parse(JSON.parse(stdout))
      .filter((image) => own.some((each) => JSON.stringify(image).includes(each)))
      .map((image) => image.Id);
    const containers = await this.served.docker('ps', '-a', '--no-trunc', '--format', '{{.ID}} {{.Command}}');
    return [...found, ...containers.split('\n').filter((line) => line.includes(word))];
  }

  async dispose(): Promise<void> {
    await this.hub.dispose();
    await this.served.dispose();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

const configuration = `version: 0.1
storage: {filesystem: {rootdirectory: /work}, delete: {enabled: true}}
http: {addr: ":5000"}
log: {level: error}
`;

/** A registry on loopback that can be written to, as Docker Hub; it holds small images below \`library/\`. */
class TestHub {
  readonly address: string;
  readonly #container: string;

  private constructor(container: string, port: number) {
    this.#container = container;
    this.address = `127.0.0.1:${port}`;
  }

  static async start(lab: string): Promise<TestHub> {
    const { registryImage } = await readSetupRecord(mainLabConfig().dataDir);
    const container = `drydock-${lab}-hub`;
    const port = await freePort();
    const script = `cat > /work/hub.yml <<'END'\n${configuration}END\nexec docker-registry serve /work/hub.yml`;
    const published = ['-p', `127.0.0.1:${port}:5000`, '--entrypoint', 'sh'];
    await run('docker', ['run', '-d', '--name', container, ...published, registryImage, '-c', script]);
    return new TestHub(container, port);
  }

  /** Puts an image of one file under a name. @returns its digest */
  async put(served: TestRegistry, name: string, content: string): Promise<string> {
    const { reference } = await served.image(`hub-${name.replace(/\W/g, '-')}`, content);
    const target = `${this.address}/library/${name}`;
    await served.docker('tag', reference, target);
    const pushed = await served.docker('push', target);
    await served.docker('rmi', target, reference);
    const digest = /sha256:[0-9a-f]{64}/.exec(pushed.slice(pushed.lastIndexOf('digest:')))?.[0];
    if (digest === undefined) throw new Error(pushed);
    return digest;
  }

  async stop(): Promise<void> {
    await run('docker', ['stop', '-t', '0', this.#container]);
  }

  async start(): Promise<void> {
    await run('docker', ['start', this.#container]);
  }

  async dispose(): Promise<void> {
    await run('docker', ['rm', '-f', '-v', this.#container]);
  }
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}
