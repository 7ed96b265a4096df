import { afterAll, beforeAll, beforeEach, describe, expect, inject, it, type TestContext } from 'vitest';
import type { CatalogueImage } from '../catalogue.ts';
import { type ContractSource, catalogueImage, provide } from './contract-images.ts';
import { ContractLab } from './contract-lab.ts';
import { type ImageConfig, parseImageConfig } from './image-config.ts';

declare module 'vitest' {
  interface ProvidedContext {
    /** True: contracts are about `drydock/contract-ID` of the engine instead of what the registry serves. */
    loadBuiltImages: boolean;
  }
}

/** What a test of a contract is given; its functions can be taken apart: `async ({ docker, fetch }) => …`. */
export interface Contract
  extends Pick<
    ContractLab,
    'docker' | 'tryDocker' | 'tryRun' | 'shell' | 'write' | 'logs' | 'inspect' | 'fetch' | 'until' | 'answers' | 'stop'
  > {
  /** The first of its names: `nginx:latest`. */
  image: string;
  source: ContractSource;
  /** Of the catalogue. */
  entry: CatalogueImage;
  /** Its command, ports, volumes and the like. */
  config: ImageConfig;
}

type ContractTest = (contract: Contract) => Promise<void>;

export interface ContractTests {
  /** Holds for every source of the image. */
  it(behaviour: string, test: ContractTest): void;
  /** Holds only for Drydock's own build: what is said about it, or is better there. */
  itOfOurs(behaviour: string, test: ContractTest): void;
}

/** What packages may leave setuid or setgid: what Debian's own base has, and a learner's host has anyway. */
const setuidOfBase =
  /^usr\/(s?bin|lib(exec)?(\/[^/]+)*)\/(chage|chfn|chsh|expiry|gpasswd|mount|newgrp|passwd|su|umount|unix_chkpwd)$/;

/**
 * The contract of an image: what lessons and beginners rely on, held by every source of it, in a real sandbox without
 * internet. One file for each image, `images/ID/ID.contract.test.ts`.
 */
export function contract(id: string, declare: (tests: ContractTests) => void): void {
  let lab: ContractLab | null = null;
  beforeAll(async () => {
    lab = await ContractLab.open();
  });
  afterAll(async () => {
    await lab?.[Symbol.asyncDispose]();
  });

  for (const source of ['drydock', 'docker-hub'] as const) {
    describe(source === 'drydock' ? `${id} as Drydock makes it` : `${id} of Docker Hub`, () => {
      let given: Contract | null = null;
      let missing = 'its contract was not prepared';

      beforeAll(async () => {
        if (lab === null) return;
        const entry = await catalogueImage(id);
        await lab.reset();
        const why = await provide(lab, entry, source, inject('loadBuiltImages'));
        if (why !== null) {
          missing = why;
          return;
        }
        const image = entry.names[0] ?? '';
        const config = parseImageConfig(await lab.inspect(image, 'json .Config'));
        given = { ...lab, image, source, entry, config };
      });
      beforeEach(async () => {
        if (given !== null) await lab?.reset();
      });

      const test = (behaviour: string, body: ContractTest): void => {
        it(behaviour, async (context: TestContext) => {
          if (given === null) return context.skip(missing);
          await body(given);
        });
      };
      declareForAll(test);
      if (source === 'drydock') declareForOurs(test);
      declare({ it: test, itOfOurs: source === 'drydock' ? test : () => undefined });
    });
  }
}

function declareForAll(test: (behaviour: string, body: ContractTest) => void): void {
  test('is one image under all of its names', async ({ entry, docker }) => {
    const ids = await docker('inspect', '--format', '{{.Id}}', ...entry.names);
    expect(new Set(ids.split('\n')).size).toBe(1);
  });
}

function declareForOurs(test: (behaviour: string, body: ContractTest) => void): void {
  test('says that it is our own build, and of what', async ({ image, docker, config, shell, entry }) => {
    await docker('create', '--name', 'made', image, 'true');
    const made = await shell('docker cp made:/usr/share/drydock/from - | tar -xO');
    expect(made).toMatch(/^[a-z0-9][a-z0-9+.-]* \S+$/m);
    for (const line of made.split('\n')) expect(line).toMatch(/^[a-z0-9][a-z0-9+.-]* \S+$/);
    // What is loaded instead of published was not labelled.
    if (inject('loadBuiltImages')) return;
    const label = config.labels['org.drydock.build'] ?? '';
    expect(label).toMatch(`Drydock's own build, from Debian ${entry.build?.debian ?? 'trixie'}: `);
    for (const line of made.split('\n')) expect(label).toContain(line);
  });

  test('has nothing setuid but what Debian has, no package lists, and nothing of the build', async (lab) => {
    await lab.docker('create', '--name', 'made', lab.image, 'true');
    const listed = await lab.shell(
      `docker export made | tar -t --verbose --numeric-owner | awk '{ print $1, $6 }' | grep -E '^-..[sS]|^-.....[sS]|var/lib/apt/lists/.|var/cache/apt/.*(deb|bin)$| tmp/.| usr/share/drydock/from$'`,
    );
    const unexpected = listed
      .split('\n')
      .map((line) => line.slice(line.indexOf(' ') + 1))
      .filter((path) => !setuidOfBase.test(path) && !/var\/lib\/apt\/lists\/(partial\/|lock)?$/.test(path));
    // That one shows that the list was really read.
    expect(unexpected).toEqual(['usr/share/drydock/from']);
  });
}
