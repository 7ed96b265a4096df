import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { text } from 'node:stream/consumers';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labId } from '../config.ts';
import { Engine } from '../docker/engine.ts';
import { ImageBuilder } from '../docker/image-builder.ts';
import { RegistryContainers } from '../docker/registry-containers.ts';
import { Registry } from '../registry/registry.ts';
import { readSetupRecord } from '../setup-record.ts';
import { mainLabConfig } from '../test-sandbox-image.ts';

const ignore = (): void => undefined;
const logger = { debug: ignore, info: ignore, warn: ignore, error: ignore };
const main = mainLabConfig();
const dataDir = mkdtempSync(join(tmpdir(), 'drydock-images-cli-'));
const engine = new Engine(main.engine, labId(dataDir), logger);
const images = new ImageBuilder(engine);
const containers = new RegistryContainers(engine);

interface Ended {
  code: number | null;
  out: string;
  err: string;
}

function start(argv: string[], env: Record<string, string> = {}) {
  return spawn(process.execPath, ['--import', 'tsx', 'server/images/cli.ts', ...argv], {
    cwd: resolve(import.meta.dirname, '../..'),
    // Docker Hub is left out: what it answers is not the same everywhere.
    env: { ...process.env, DRYDOCK_DATA: dataDir, DRYDOCK_HUB: 'none', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function run(argv: string[], env: Record<string, string> = {}): Promise<Ended> {
  const child = start(argv, env);
  const [out, err] = await Promise.all([text(child.stdout), text(child.stderr), once(child, 'close')]);
  return { code: child.exitCode, out, err };
}

const openRegistry = async (): Promise<Registry> =>
  new Registry({ containers, images, image: (await readSetupRecord(main.dataDir)).registryImage });

afterAll(async () => {
  await containers.removeAll();
  rmSync(dataDir, { recursive: true, force: true });
});

describe('npm run images where nothing is set up', () => {
  it('says what to do, and makes nothing', async () => {
    const { code, err } = await run(['list']);
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('`npm start` makes it') as string });
    expect(await containers.findServing()).toBeNull();
  });

  it('says that there is no engine', async () => {
    const { code, err } = await run(['verify'], { DOCKER_HOST: `unix://${dataDir}/none.sock` });
    expect({ code, err }).toMatchObject({ code: 1, err: expect.stringContaining('engine.unreachable') as string });
  });
});

describe('npm run images on a registry of its own', { timeout: 240_000 }, () => {
  beforeAll(async () => (await openRegistry()).ensure());

  it('builds an image, lists it, and finds it undamaged', async () => {
    const built = await run(['build', 'hello-world', '--json']);
    expect({ code: built.code, err: built.err }).toMatchObject({ code: 0 });
    const { made } = JSON.parse(built.out) as { made: { id: string; digest: string }[] };
    expect(made).toMatchObject([{ id: 'hello-world', source: 'drydock' }]);

    const { images: listed } = JSON.parse((await run(['list', '--json'])).out) as { images: { id: string }[] };
    expect(listed.find(({ id }) => id === 'hello-world')).toMatchObject({
      status: { state: 'ready' },
      digest: made[0]?.digest,
    });
    expect(await run(['verify'])).toMatchObject({ code: 0, out: 'Everything is as it was put there.\n' });
  });

  it('finds a name that was taken away, and mends it', async () => {
    await (await openRegistry()).remove(['hello-world:latest']);
    const found = await run(['verify']);
    expect({ code: found.code, out: found.out }).toMatchObject({
      code: 1,
      out: expect.stringContaining('hello-world:latest: is not served any more') as string,
    });
    expect(await run(['verify', '--mend'])).toMatchObject({ code: 0 });
    expect(await run(['verify'])).toMatchObject({ code: 0 });
  });

  it('says that what comes from Docker Hub alone cannot be had', async () => {
    const { code, out, err } = await run(['pull', 'alpine']);
    expect(code).toBe(1);
    expect(err).toContain('(image.unavailable)');
    expect(out).toContain('Not made: alpine.');
  });

  it('can be interrupted, and leaves no lock and nothing half made', async () => {
    const child = start(['build', 'busybox']);
    const out = text(child.stdout);
    let err = '';
    child.stderr.on('data', (chunk: Buffer) => {
      err += chunk.toString('utf8');
      if (err.includes('… busybox') && !child.killed) child.kill('SIGINT');
    });
    await once(child, 'close');
    expect({ code: child.exitCode, err }).toMatchObject({
      code: 130,
      err: expect.stringContaining('What was served stays served') as string,
    });
    await out;
    expect(existsSync(join(dataDir, 'images.lock'))).toBe(false);
    expect((await (await openRegistry()).list()).map(({ name }) => name)).toEqual(
      expect.not.arrayContaining(['busybox:latest']) as string[],
    );
    expect(await images.find(`drydock/image-busybox:${engine.lab}`)).toBeNull();
  });
});
