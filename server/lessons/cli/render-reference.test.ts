import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { courseSchema, frontMatterSchema, quizSchema } from '../../../protocol/lesson-schema.ts';
import { parseLesson } from '../parse/parse-lesson.ts';
import { runLessonsCli } from './cli.ts';
import { schemaFiles } from './json-schema.ts';
import { withReference } from './render-reference.ts';

const readme = readFileSync(new URL('../../../lessons/README.md', import.meta.url), 'utf8');

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

  it('shows a quiz and variables that are right', () => {
    const [, quiz = ''] = /```yaml\n(question:[\s\S]*?)\n```/.exec(readme) ?? [];
    expect(quizSchema.safeParse(parse(quiz))).toMatchObject({ success: true });
    const [, front = ''] = /```yaml\n(variables:[\s\S]*?)\n```/.exec(readme) ?? [];
    expect(
      frontMatterSchema.shape.variables.safeParse((parse(front) as { variables: unknown }).variables),
    ).toMatchObject({
      success: true,
    });
    const [, course = ''] = /```yaml\n(title: Our shop[\s\S]*?)\n```/.exec(readme) ?? [];
    expect(courseSchema.safeParse(parse(course))).toMatchObject({ success: true });
  });

  it('names the schemas that are published', () => {
    for (const { name } of schemaFiles()) expect(readme).toContain(name);
  });

  it('cannot be written where it is not', async () => {
    const io = { cwd: '/', shipped: '/nowhere', out: () => undefined, err: () => undefined };
    await expect(runLessonsCli(['reference'], io)).rejects.toThrow('ENOENT');
  });
});
