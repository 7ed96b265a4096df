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
  '## Wait {#wait}',
  // Outside of the workspace, so that nothing tells of it; later than the first few looks.
  fence('sh run', '(sleep 12; echo done > /root/late) > /dev/null 2>&1 &'),
  fence('yaml check', 'title: It is written\nrun: cat /root/late\nstdout: done'),
  '## Make {#make}',
  fence('sh run', 'touch made'),
  // Looking makes the shell of the lab busy for longer than a check that is told of may wait.
  fence('yaml check', 'title: It takes long\nrun: test -e made && sleep 12\ntimeout: 15s'),
  fence('yaml check', 'title: It is there\nfile: made\nstate: present'),
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

test('what comes true some time after its command gets its tick without being asked for, and nothing waits for what is slow', async () => {
  const page = await lab.visit();
  const opened = await page.must('lesson:open', { lesson });
  if (opened.sandbox.state !== 'ready') await page.until('sandbox:changed', (fact) => fact.sandbox.state === 'ready');
  await page.must('terminal:open', { lesson, terminal: 'main', cols: 80, rows: 24, after: 0 });
  await page.untilOutput('main', /\$ /);
  // After what is looked at because the lesson opened, the next look is half a minute away.
  await new Promise((resolve) => setTimeout(resolve, 17_000));
  await page.must('terminal:run', { lesson, block: 'serve-run-1', interrupt: false });
  await expect
    .poll(() => page.facts('progress:changed').at(-1)?.progress.passed, { timeout: 12_000 })
    .toMatchObject({
      'serve-check-1': expect.any(Number),
    });
  await page.must('lesson:visit-step', { lesson, step: 'wait' });
  await page.must('terminal:run', { lesson, block: 'wait-run-1', interrupt: false });
  await expect
    .poll(() => page.facts('progress:changed').at(-1)?.progress.passed, { timeout: 60_000 })
    .toMatchObject({ 'wait-check-1': expect.any(Number) });
  await page.must('lesson:visit-step', { lesson, step: 'make' });
  await page.must('terminal:run', { lesson, block: 'make-run-1', interrupt: false });
  const ticks = () => Object.keys(page.facts('progress:changed').at(-1)?.progress.passed ?? {});
  await expect.poll(ticks, { timeout: 60_000, interval: 20 }).toContain('make-check-2');
  expect(ticks()).not.toContain('make-check-1');
  await expect.poll(ticks, { timeout: 60_000 }).toContain('make-check-1');
}, 240_000);
