import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll, expect, test } from 'vitest';
import { runLessonsCli } from './cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-new-played-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

test('a new lesson can be played to its end as it is', async () => {
  const io = { cwd: folder, shipped: folder, out: () => undefined, err: () => undefined };
  expect(await runLessonsCli(['new', 'shop/first-steps', '.'], io)).toBe(0);
  // A process of its own, as an author has it: the linter's folder may not reach for the player.
  const argv = ['--import', 'tsx', 'server/lessons/cli/cli.ts', 'test', folder, '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { maxBuffer: 16 * 1024 * 1024 }).catch(
    (error: { stdout: string; stderr: string }) => {
      throw new Error(`the lesson did not pass: ${error.stderr}\n${error.stdout}`);
    },
  );
  expect(JSON.parse(stdout)).toMatchObject({ passed: 1, failed: 0, lessons: [{ failures: [] }] });
}, 240_000);
