import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { labId } from '../../server/config.ts';
import { lessonSource } from '../../server/lessons/lesson-fixture.ts';
import { mainLabConfig } from '../../server/test-sandbox-image.ts';
import { createContext, type SetupContext } from '../context.ts';
import { imagesStep, openMaker } from './images.ts';
import { registryStep } from './registry.ts';

const main = mainLabConfig();
const root = mkdtempSync(join(tmpdir(), 'drydock-setup-images-'));
const signal = new AbortController().signal;
let context: SetupContext;

function write(path: string, lines: string[]): void {
  const file = join(root, path);
  mkdirSync(join(file, '..'), { recursive: true });
  writeFileSync(file, lines.join('\n'));
}

beforeAll(async () => {
  cpSync(join(main.root, 'images/registry'), join(root, 'images/registry'), { recursive: true });
  for (const id of ['made', 'unused']) {
    write(`images/${id}/image.yaml`, ['description: A tool.', `names: [${id}:1]`, 'hub: null', 'build: {seconds: 1}']);
    write(`images/${id}/Dockerfile`, ['FROM scratch', 'COPY from /usr/share/drydock/from']);
    write(`images/${id}/from`, [`${id} 1.0`]);
  }
  write('images/hubonly/image.yaml', [
    'description: A tool.',
    'names: [hubonly:1]',
    'hub: hubonly:1',
    'build: null',
    'instead: Use made.',
  ]);
  write('lessons/course/course.yaml', ['title: Course', 'summary: One.', 'audience: all', 'lessons: [first]']);
  write('lessons/course/first/lesson.md', [lessonSource('## Go\n\nRead.', ['images: [made:1]'])]);
  const config = { ...main, root, dataDir: join(root, 'data'), lab: labId(root), lessonDirs: [join(root, 'lessons')] };
  context = createContext({ ...config, images: { ...config.images, hub: null } }, process.env);
  await registryStep(context).run(() => undefined, signal);
});

afterAll(async () => {
  await context.registry.removeAll();
  rmSync(root, { recursive: true, force: true });
});

describe('the images that a command stands on', { timeout: 240_000 }, () => {
  it('are those that the named lessons use', async () => {
    const step = imagesStep(context, { lessons: [join(root, 'lessons'), join(root, 'none')] }, () => undefined);
    expect(await step.check(signal)).toBe(false);
    await step.run(() => undefined, signal);
    expect([...(await (await openMaker(context)).state()).keys()]).toEqual(['made']);
    expect(await step.check(signal)).toBe(true);
  });

  it('or all of them, with a word about each that cannot be had', async () => {
    const warnings: string[] = [];
    const step = imagesStep(context, 'all', (text) => warnings.push(text));
    expect(await step.check(signal)).toBe(false);
    await step.run(() => undefined, signal);
    expect([...(await (await openMaker(context)).state()).keys()]).toEqual(['made', 'unused']);
    expect(warnings).toEqual([expect.stringMatching(/^! hubonly:1 .*Use made\. \(image\.unavailable\)$/)]);
    expect(await step.check(signal)).toBe(true);
  });
});
