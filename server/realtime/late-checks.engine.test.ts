import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { openTestLab, type TestLab } from '../test-lab.ts';
import { testSandboxImage } from '../test-sandbox-image.ts';

const lesson = 'late/listening';
// The prompt is back at once, and the server answers three seconds later.
const answer = "printf 'HTTP/1.0 200 OK\\r\\nContent-Length: 2\\r\\n\\r\\nhi' > answer";
const server = "socat TCP-LISTEN:8123,fork,reuseaddr EXEC:'cat answer'";
const body = [
  '## Serve {#serve}',
  fence('sh run', `${answer}; (sleep 3; exec ${server}) > /tmp/served 2>&1 &`),
  fence('yaml check', 'title: It answers\nhttp: 8123/\nstatus: 200'),
].join('\n\n');

let lab: TestLab;
let folder: string;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'drydock-late-'));
  mkdirSync(join(folder, 'late', 'listening'), { recursive: true });
  writeFileSync(join(folder, 'late', 'course.yaml'), 'title: A\nsummary: S\naudience: All\nlessons: [listening]\n');
  writeFileSync(join(folder, 'late', 'listening', 'lesson.md'), lessonSource(body));
  lab = await openTestLab({ sandboxImage: testSandboxImage(), lessons: folder });
});
afterAll(async () => {
  await lab?.dispose();
  rmSync(folder, { recursive: true, force: true });
});

test('a server that listens some seconds after its command gets its tick without being asked for', async () => {
  const page = await lab.visit();
  const opened = await page.must('lesson:open', { lesson });
  if (opened.sandbox.state !== 'ready') await page.until('sandbox:changed', (fact) => fact.sandbox.state === 'ready');
  await page.must('terminal:open', { lesson, terminal: 'main', cols: 80, rows: 24, after: 0 });
  await page.untilOutput('main', /\$ /);
  // What was looked at because the lesson opened is over.
  await new Promise((resolve) => setTimeout(resolve, 9_000));
  await page.must('terminal:run', { lesson, block: 'serve-run-1', interrupt: false });
  await expect
    .poll(() => page.facts('progress:changed').at(-1)?.progress.passed, { timeout: 15_000 })
    .toMatchObject({
      'serve-check-1': expect.any(Number),
    });
}, 60_000);
