import { describe, expect, it } from 'vitest';
import { fence, lessonSource } from '../lesson-fixture.ts';
import { parseLesson } from '../parse/parse-lesson.ts';
import { type Problem, ProblemList } from '../problem.ts';
import { lintServedImages, type ServedImages } from './lint-images.ts';

const build = { seconds: 1, args: {} };
const served: ServedImages = [
  { names: ['busybox:latest', 'busybox:1.37'], build },
  { names: ['debian:latest', 'debian:13'], build },
  { names: ['drydock/web:1'], build },
  { names: ['alpine:latest'], build: null, instead: 'Use busybox or debian instead.' },
];

function lint(...front: string[]): Problem[] {
  const source = lessonSource(`## Go\n\n${fence('sh run', 'docker ps')}`, front);
  const { lesson } = parseLesson(source, 'lesson.md', 'a/b');
  if (lesson === null) throw new Error('the lesson cannot be read');
  const problems = new ProblemList('lesson.md');
  lintServedImages(lesson, served, problems);
  return problems.items;
}

describe('a lesson without internet', () => {
  it('may use what labs serve, however it is spelt', () => {
    expect(lint('images: [busybox, "docker.io/library/busybox:1.37", debian:13, drydock/web:1]')).toEqual([]);
  });

  it('is warned of an image that labs do not serve, at its place, with the one that was meant', () => {
    expect(lint('images: [busybox, bussybox]')).toMatchObject([
      { code: 'image.not-in-catalogue', severity: 'warning', found: 'bussybox', expected: 'busybox' },
    ]);
    expect(lint('images: [busybox, bussybox]')[0]?.column).toBe('images: [busybox, '.length + 1);
  });

  it('is told which tags there are', () => {
    const [problem] = lint('images: ["debian:12"]');
    expect(problem).toMatchObject({ code: 'image.not-in-catalogue', expected: 'debian' });
    expect(problem?.message).toContain('There is `debian`, `debian:13`.');
  });

  it('is warned of an image that only Docker Hub has, with what to use instead', () => {
    const [problem] = lint('images: [alpine]');
    expect(problem).toMatchObject({ code: 'image.hub-only', severity: 'warning' });
    expect(problem?.message).toMatch(/Use busybox or debian instead\.$/);
  });

  it('finds nothing near where nothing is', () => {
    const [problem] = lint('images: ["ghcr.io/some/thing:1"]');
    expect(problem?.expected).toBeUndefined();
    expect(problem?.message).not.toContain('There is');
  });
});

it('a lesson with internet pulls from anywhere', () => {
  expect(lint('images: [alpine, "ghcr.io/some/thing:1"]', 'egress: internet')).toEqual([]);
});
