import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { writeOperatorRecord } from '../operator/operator-record.ts';
import { labOfFolder } from './lab-of-folder.ts';

const dataDir = mkdtempSync(join(tmpdir(), 'drydock-lab-of-folder-'));
const env = { DRYDOCK_DATA: dataDir };
const root = join(import.meta.dirname, '../..');

afterAll(() => rmSync(dataDir, { recursive: true, force: true }));

describe('the lab of a data folder', () => {
  it('runs when the process that noted itself there does', async () => {
    expect(await labOfFolder({ root, env })).toEqual({ dataDir, isRunning: false });
    const record = { port: 1, token: 'a token of a test', startedAt: 1 };
    await writeOperatorRecord(dataDir, { ...record, pid: process.pid });
    expect(await labOfFolder({ root, env })).toEqual({ dataDir, isRunning: true });
    // Beyond what a kernel gives out.
    await writeOperatorRecord(dataDir, { ...record, pid: 2 ** 30 });
    expect(await labOfFolder({ root, env })).toEqual({ dataDir, isRunning: false });
  });

  it('is none where the configuration is wrong', async () => {
    expect(await labOfFolder({ root, env: { ...env, DRYDOCK_IMAGES: 'some of them' } })).toBeNull();
  });
});
