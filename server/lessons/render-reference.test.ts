import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { runLessonsCli } from './cli.ts';
import { parseLesson } from './parse-lesson.ts';
import { withReference } from './render-reference.ts';

const readme = readFileSync(new URL('../../lessons/README.md', import.meta.url), 'utf8');

describe('the authoring guide', () => {
  it('has the tables of the schemas; `npm run lessons -- reference` writes them', () => {
    expect(withReference(readme)).toBe(readme);
  });

  it('shows a lesson that is right in every word', () => {
    const [, source = ''] = /````markdown\n([\s\S]*?)\n````/.exec(readme) ?? [];
    const { lesson, problems } = parseLesson(source, 'lesson.md', 'a/b');
    expect(problems).toEqual([]);
    expect(lesson?.steps.length).toBeGreaterThan(0);
  });

  it('cannot be written where it is not', async () => {
    const io = { cwd: '/', shipped: '/nowhere', out: () => undefined, err: () => undefined };
    await expect(runLessonsCli(['reference'], io)).rejects.toThrow('ENOENT');
  });
});
