import { readdirSync, writeFileSync } from 'node:fs';
import { mkdir, readFile, utimes } from 'node:fs/promises';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { expect, test } from 'vitest';
import { DrydockError } from '../errors.ts';
import { TestLand } from './manager-fixture.ts';

async function landWithSandbox() {
  const land = await TestLand.open();
  await land.host.make({ id: 'ofada0001', learner: 'ada' } as never);
  await land.store.assign('ada', 'ofada0001', 1);
  const files = () => {
    try {
      return readdirSync(join(land.dataDir, 'archives'));
    } catch {
      return [];
    }
  };
  return { land, files, ada: { id: 'ofada0001', learner: 'ada', seenAt: null } };
}

/** However far it got: the learner has their sandbox, or a whole archive of it. */
async function hasSandboxOrArchive(land: TestLand): Promise<'sandbox' | 'archive'> {
  const row = await land.store.rowOf('ada');
  if (row !== null) {
    expect(land.host.records.has(row.id)).toBe(true);
    return 'sandbox';
  }
  const [archive] = await land.archives.of('ada');
  const bytes = await readFile(join(land.dataDir, 'archives', `${archive?.id}.tar.gz`));
  expect(gunzipSync(bytes).toString()).toBe('files of ofada0001');
  expect(bytes.length).toBe(archive?.bytes);
  return 'archive';
}

test('an archive takes the place of its sandbox', async () => {
  const { land, files, ada } = await landWithSandbox();
  expect(await land.archivesOn().replace(ada)).toBe(true);
  expect(await hasSandboxOrArchive(land)).toBe('archive');
  expect(files()).toHaveLength(1);
  expect(land.host.records.size).toBe(0);
});

test('whichever step fails, there is the sandbox or the archive', async () => {
  for (const failure of ['read-home', 'remove']) {
    const { land, files, ada } = await landWithSandbox();
    land.host.failures.set(failure, 1);
    await land
      .archivesOn()
      .replace(ada)
      .catch(() => undefined);
    expect(await hasSandboxOrArchive(land)).toBe(failure === 'remove' ? 'archive' : 'sandbox');
    expect(files()).toHaveLength(failure === 'remove' ? 1 : 0);
  }
});

test('a power cut before the database knows of the archive leaves the sandbox, and its half is cleared away', async () => {
  const { land, files, ada } = await landWithSandbox();
  const archives = land.archivesOn();
  // Died between naming the file and the database: replaceSandbox never returns.
  const replace = land.archives.replaceSandbox.bind(land.archives);
  const died = new Promise<void>((resolve) => {
    land.archives.replaceSandbox = () => {
      resolve();
      return new Promise(() => undefined);
    };
  });
  void archives.replace(ada);
  await died;
  expect(files()).toEqual([expect.stringMatching(/\.tar\.gz$/)]);
  land.archives.replaceSandbox = replace;
  writeFileSync(join(land.dataDir, 'archives', 'halfwritten.part'), 'x');
  expect(await hasSandboxOrArchive(land)).toBe('sandbox');

  land.clock.time = Date.now(); // files have the machine's own
  const next = land.archivesOn();
  await next.sweep();
  expect(files()).toHaveLength(2); // they could be another server's that is still writing
  const long = new Date(land.clock.now() - 2 * 60 * 60_000);
  for (const name of files()) await utimes(join(land.dataDir, 'archives', name), long, long);
  await next.sweep();
  expect(files()).toEqual([]);
  expect(await next.replace(ada)).toBe(true);
  await next.sweep();
  expect(await hasSandboxOrArchive(land)).toBe('archive');
});

test('a power cut before the sandbox is removed leaves an archive, and a sandbox of nobody that is removed later', async () => {
  const { land, ada } = await landWithSandbox();
  land.host.failures.set('remove', 1);
  await land.archivesOn().replace(ada);
  expect(land.host.records.has('ofada0001')).toBe(true);
  await land.server().adopt();
  expect(land.host.records.size).toBe(0);
  expect(await hasSandboxOrArchive(land)).toBe('archive');
});

test('a sandbox that was used since it was found unused stays', async () => {
  const { land, files, ada } = await landWithSandbox();
  expect(await land.archivesOn().replace({ ...ada, seenAt: 5 })).toBe(false);
  expect(await hasSandboxOrArchive(land)).toBe('sandbox');
  expect(files()).toEqual([]);
});

test('files that are more than an archive may hold stay in their sandbox', async () => {
  const { land, files, ada } = await landWithSandbox();
  const { randomBytes } = await import('node:crypto');
  const { Readable } = await import('node:stream');
  land.host.readHome = async () => Readable.from([randomBytes(2 ** 21)]);
  await expect(land.archivesOn().replace(ada)).rejects.toMatchObject({ code: 'archive.failed' });
  expect(await hasSandboxOrArchive(land)).toBe('sandbox');
  expect(files()).toEqual([]);
});

test('a sandbox without any disks leaves no archive of nothing', async () => {
  const { land, ada } = await landWithSandbox();
  land.host.readHome = async () => {
    throw new DrydockError('sandbox.gone', 'Nothing there.');
  };
  expect(await land.archivesOn().replace(ada)).toBe(true);
  expect(await land.archives.of('ada')).toEqual([]);
});

test('an archive whose file is gone is no archive', async () => {
  const { land } = await landWithSandbox();
  await mkdir(join(land.dataDir, 'archives'), { recursive: true });
  await expect(land.archivesOn().find('nosucharchive')).rejects.toMatchObject({ code: 'archive.not-found' });
  await expect(land.archivesOn().read('nosucharchive')).rejects.toMatchObject({ code: 'archive.not-found' });
});
