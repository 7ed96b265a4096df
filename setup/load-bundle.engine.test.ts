import { mkdirSync, mkdtempSync, rmSync, statfsSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { run } from '../e2e/chaos/machine.ts';
import { PrivateEngine } from '../e2e/chaos/private-engine.ts';
import { whyNoEngine } from '../e2e/chaos/requirements.ts';
import { groupOf, tearDown } from '../e2e/chaos/tear-down.ts';
import { type Config, parseConfig } from '../server/config.ts';
import { createDockerSandboxHost } from '../server/docker/docker-sandbox-host.ts';
import { loadImages } from '../server/docker/load-images.ts';
import { checkBundle } from '../server/images/bundle-check.ts';
import { BundleLab } from '../server/images/bundle-lab-fixture.ts';
import { engineArchive } from '../server/images/bundle-streams.ts';
import { openImageMaker } from '../server/images/image-maker.ts';
import { loadBundle } from '../server/images/load-bundle.ts';
import { Progress } from '../server/progress.ts';
import { buildSeccompProfile } from '../server/sandbox/seccomp/build-seccomp-profile.ts';
import { readSetupRecord } from '../server/setup-record.ts';
import { testLimits } from '../server/test-limits.ts';
import { createContext, type SetupContext } from './context.ts';
import { labSteps } from './plan.ts';
import { runSteps } from './run-steps.ts';
import { openRegistry } from './steps/registry.ts';

const reason = whyNoEngine();

/*
 * Another machine, as far as one machine can be two: an engine of its own with nothing on it, in a network namespace
 * without any network, and a set-up that finds no program to make an image with.
 */
describe.skipIf(reason !== null)('a machine that has nothing but a bundle', () => {
  let lab: BundleLab;
  let folder: string;
  let engine: PrivateEngine;
  let config: Config;
  let context: SetupContext;

  beforeAll(async () => {
    lab = await BundleLab.open('real');
    await lab.bundle();
    folder = mkdtempSync(join(tmpdir(), 'drydock-machine-'));
    engine = new PrivateEngine(folder, groupOf(folder));
    await engine.make();
    const dataDir = join(folder, 'data');
    mkdirSync(dataDir);
    config = parseConfig(
      { DRYDOCK_DATA: dataDir, DOCKER_HOST: `unix://${engine.socket}`, DRYDOCK_HUB: 'none' },
      { root: lab.root },
    );
    context = createContext(config, { PATH: '/nowhere' });
  }, 300_000);

  afterAll(async () => {
    await tearDown(folder);
    await lab.dispose();
  }, 120_000);

  const imageIds = async (): Promise<string[]> => {
    const ids = await engine.docker('image', 'ls', '-q', '--no-trunc');
    return [...new Set(ids.split('\n').filter((id) => id !== ''))].sort();
  };

  it('gets the images of the lab by docker load alone, with their ids', async () => {
    expect(await imageIds()).toEqual([]);
    await engine.docker('load', '--input', lab.file);
    const ours = ['drydock/base:trixie', ...lab.references];
    const wanted = await Promise.all(ours.map(async (reference) => (await lab.source.images.find(reference))?.id));
    expect(await imageIds()).toEqual([...wanted].sort());
    await engine.docker('image', 'rm', ...ours);
    expect(await imageIds()).toEqual([]);
  }, 180_000);

  it('is told when there is no room for it', async () => {
    const filler = join(engine.disk.folder, 'filler');
    const { bavail, bsize } = statfsSync(engine.disk.folder);
    await run('fallocate', ['--length', String(bavail * bsize - 64 * 2 ** 20), filler]);
    const file = await open(lab.file);
    try {
      await expect(loadBundle({ config, engine: context.engine }, lab.file)).rejects.toMatchObject({
        code: 'host.disk-full',
        message: expect.stringMatching(
          /takes about .* GB on the disk of the Docker Engine, which has .* MB free/,
        ) as string,
      });
      // Where that cannot be foreseen, the engine says so.
      const { contents, images, blobs } = await checkBundle(file);
      await expect(loadImages(context.engine, engineArchive(file, contents, images, blobs, {}))).rejects.toMatchObject({
        code: 'host.disk-full',
        message: expect.stringContaining('keeps its images is full') as string,
      });
      expect(await imageIds()).toEqual([]);
    } finally {
      await file.close();
      rmSync(filler);
    }
  }, 180_000);

  it('sets a lab up from it, and makes nothing itself', async () => {
    const { loaded } = await loadBundle({ config, engine: context.engine }, lab.file);
    expect(loaded).toEqual(['one', 'two']);
    const silent = new Progress({ write: () => undefined, isTTY: false, columns: 80 });
    const ran = await runSteps(labSteps(context), silent, { signal: new AbortController().signal });
    expect(ran.filter((step) => /image|registry/.test(step))).toEqual([]);
    const record = await readSetupRecord(config.dataDir);
    expect([record.sandboxImage, record.registryImage]).toEqual(lab.references);
    const registry = await openRegistry(context);
    const maker = openImageMaker({ config, engine: context.engine, registry, dataDir: config.dataDir });
    // What the server would not make, for it is there and of the files that are here.
    expect([...(await maker.state()).values()]).toEqual(lab.made);
  }, 180_000);

  it('serves learners the same images', async () => {
    const record = await readSetupRecord(config.dataDir);
    const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
    const seccompProfile = buildSeccompProfile();
    const host = createDockerSandboxHost({ engine: config.engine, lab: config.lab, seccompProfile, logger });
    const id = 'bundlesandbox1';
    await host.make({
      ...{ id, learner: null, image: record.sandboxImage, limits: testLimits },
      registryVolume: record.registrySocketVolume,
    });
    await host.start(id, { timeoutMs: 60_000 });
    const session = await host.exec(id, { argv: ['sh', '-c', 'exec 2>&1; docker pull one:1; docker pull two'] });
    session.stdin.end();
    const [said, code] = await Promise.all([text(session.stdout), session.exit, text(session.stderr)]);
    expect(said).toContain(`Digest: ${lab.made[0]?.digest}`);
    expect(said).toContain(`Digest: ${lab.made[1]?.digest}`);
    expect(code).toBe(0);
    await host.remove(id, { keepHome: false });
  }, 120_000);
});

function ignore(): void {
  // What goes wrong is seen in what the sandbox says.
}
