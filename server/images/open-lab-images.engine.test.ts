import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import type { Health } from '../../protocol/lab.ts';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { TestRegistry } from '../registry/registry-fixture.ts';
import { readSetupRecord } from '../setup-record.ts';
import { openTestLab, type TestLab } from '../test-lab.ts';
import { mainLabConfig, testSandboxImage } from '../test-sandbox-image.ts';

/** A whole lab with a small catalogue, lessons and a registry of its own, on the real engine. */
const folder = mkdtempSync(join(tmpdir(), 'drydock-lab-images-'));
let registryImage: string;
let registry: TestRegistry;
let lab: TestLab;
/** What the lab's log holds that is worse than news. */
const complaints: string[] = [];

function write(path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

function declare(id: string, command: string): void {
  write(`images/${id}/image.yaml`, `description: A tool.\nnames: [${id}:latest]\nhub: null\nbuild: { seconds: 3 }\n`);
  const made = `mkdir -p /out/usr/share/drydock && echo "${id} 1.0" > /out/usr/share/drydock/from && ${command}`;
  write(
    `images/${id}/Dockerfile`,
    `ARG BASE\nFROM \${BASE} AS build\nRUN ${made}\nFROM scratch\nCOPY --from=build /out/ /\nCMD ["/${id}"]\n`,
  );
}

function teach(name: string, ...images: string[]): void {
  const runs = images.map((image) => fence('sh run', `docker pull ${image}`)).join('\n\n');
  write(`lessons/own/${name}/lesson.md`, lessonSource(`## Go\n\n${runs}`, [`images: [${images.join(', ')}]`]));
}

const complain = (_fields: object, message: string): void => void complaints.push(message);

/** A lab on the test's registry. */
const openLab = (): Promise<TestLab> =>
  openTestLab({
    sandboxImage: testSandboxImage(),
    lessons: join(folder, 'lessons'),
    imagesFolder: join(folder, 'images'),
    registry: { lab: registry.lab, dataDir: join(folder, 'data'), image: registryImage },
    registryVolume: registry.registry.socketVolume,
    env: { DRYDOCK_HUB: 'none' },
    logger: { debug: () => undefined, info: () => undefined, warn: complain, error: complain },
  });

beforeAll(async () => {
  declare('first', 'echo one > /out/first');
  declare('broken', 'echo "E: there is no such package" && exit 7');
  declare('last', 'echo two > /out/last');
  declare('endless', `echo ${process.pid} && sleep 3600`);
  declare('unneeded', 'true');
  declare('shared', 'sleep 1; echo shared > /out/shared');
  write('lessons/own/course.yaml', 'title: A\nsummary: S\naudience: All\nlessons: [one, two, three]\n');
  teach('one', 'first', 'broken');
  teach('two', 'last');
  teach('unlisted', 'unneeded');
  registryImage = (await readSetupRecord(mainLabConfig().dataDir)).registryImage;
  registry = await TestRegistry.open();
  lab = await openLab();
});

afterAll(async () => {
  await lab?.dispose();
  await registry?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

const images = () => {
  if (lab.app.images === null) throw new Error('this lab has no images');
  return lab.app.images;
};
const stateOf = (id: string) =>
  images()
    .view()
    .images.find((image) => image.id === id)?.status.state;
const health = async () => (await (await fetch(`${lab.url}/api/health`)).json()) as Health;
const patience = { timeout: 60_000, interval: 100 };

/** What sandboxes answer who pulls an image that is not there. */
async function words(name: string): Promise<string> {
  const mount = `${registry.registry.socketVolume}:/words:ro`;
  const argv = ['run', '--rm', '--network', 'none', '-v', mount, '--entrypoint', 'cat', registryImage, '/words/words'];
  return (await registry.docker(...argv)).split('\n').find((line) => line.startsWith(`library/${name}\t`)) ?? '';
}

describe('the images of a lab', () => {
  it('are made in the background, in the order of the lessons, and told to every page', async () => {
    const page = await lab.visit();
    const fact = await page.until(
      'images:changed',
      ({ images: changed }) => changed.some(({ id, status }) => id === 'last' && status.state === 'ready'),
      60_000,
    );
    expect(fact.images.every(({ names }) => names.length > 0)).toBe(true);
    await images().settled();
    expect(['first', 'broken', 'last', 'unneeded'].map(stateOf)).toEqual(['ready', 'failed', 'ready', 'absent']);
    const [first, broken] = images().view().images;
    expect(first).toMatchObject({ id: 'first', source: 'drydock', lessons: ['own/one'] });
    expect(first?.origin).toContain('first 1.0');
    expect(broken?.status).toMatchObject({
      code: 'image.build-failed',
      message: expect.stringContaining('no such package'),
    });
    expect(await health()).toMatchObject({ status: 'ok', images: { wanted: 3, ready: 2, failed: 1 } });
  });

  it('are pulled in a sandbox with the digest that people are shown', async () => {
    const { digest } = images().view().images[0] ?? {};
    const pulled = await registry.inSandbox('docker pull first');
    expect(pulled.out).toContain(`Digest: ${digest}`);
  });

  it('are put in words for those who pull what is not there', async () => {
    await vi.waitFor(async () => {
      expect(await words('broken')).toContain('broken could not be made for this lab. It is tried again by itself.');
      expect(await words('unneeded')).toContain('npm run images -- build unneeded');
    }, patience);
    const pulls = ['broken', 'unneeded', 'first:2', 'elsewhere'].map((name) => `docker pull ${name}`);
    const { out } = await registry.inSandbox(pulls.join('; '));
    expect(out).toContain('broken could not be made for this lab. It is tried again by itself.');
    expect(out).toContain('unneeded is not made in this lab yet.');
    expect(out).toContain('This lab has first only as latest. Use first.');
    expect(out).toContain('This lab has no image elsewhere');
  });

  it('are made when somebody opens a lesson that nobody is led to', async () => {
    const page = await lab.visit();
    await page.must('lesson:open', { lesson: 'own/unlisted' });
    await vi.waitFor(() => expect(stateOf('unneeded')).toBe('ready'), patience);
    expect(images().counts()).toMatchObject({ wanted: 4, needed: { wanted: 3 } });
  });

  it('are the same in two labs that share a registry, whichever makes them', async () => {
    const other = await openLab();
    try {
      teach('three', 'shared');
      const shared = [lab, other].map(
        ({ app }) =>
          () =>
            app.images?.view().images.find(({ id }) => id === 'shared'),
      );
      await vi.waitFor(
        () => expect(shared.map((find) => find()?.status)).toEqual([{ state: 'ready' }, { state: 'ready' }]),
        patience,
      );
      expect(shared[0]?.()?.digest).toMatch(/^sha256:/);
      expect(shared[0]?.()?.digest).toBe(shared[1]?.()?.digest);
      expect(complaints.filter((words) => words === 'an image is not served any more')).toEqual([]);
    } finally {
      await other.dispose();
    }
  });

  it('are made again when the registry and all it kept is removed', async () => {
    const { container, storageVolume } = registry.containers.names;
    await registry.docker('rm', '-f', container);
    await registry.docker('volume', 'rm', storageVolume);
    const page = await lab.visit();
    // A lesson that is saved is why the lab looks now and not in half a minute.
    teach('two', 'last', 'first');
    await page.until(
      'images:changed',
      ({ images: changed }) => changed.some(({ id, status }) => id === 'first' && status.state !== 'ready'),
      60_000,
    );
    await vi.waitFor(
      () => expect(['first', 'last', 'shared'].map(stateOf)).toEqual(['ready', 'ready', 'ready']),
      patience,
    );
  });

  it('are made when a lesson is saved that needs them; a stop gives up what is under way and leaves nothing', async () => {
    teach('three', 'endless');
    await vi.waitFor(() => expect(stateOf('endless')).toBe('making'), patience);
    const running = () => registry.docker('ps', '-q', '--no-trunc', '--filter', `ancestor=drydock/base:trixie`);
    await vi.waitFor(async () => expect(await running()).not.toBe(''), patience);
    await lab.restart();
    expect(complaints).not.toContain('a step of the shutdown failed');
    const commands = (await registry.docker('ps', '-a', '--no-trunc', '--format', '{{.Command}}')).split('\n');
    expect(commands.filter((command) => command.includes(`echo ${process.pid} `))).toEqual([]);
    expect(['first', 'last'].map(stateOf)).toEqual(['ready', 'ready']);
    // The third is the one that nobody was led to: it is served, so it counts.
    expect(await health()).toMatchObject({ images: { ready: 3 } });
    await vi.waitFor(() => expect(stateOf('endless')).toBe('making'), patience);
    teach('three', 'last');
    await lab.app.stop(5_000);
    expect(complaints).not.toContain('a step of the shutdown failed');
  });
});
