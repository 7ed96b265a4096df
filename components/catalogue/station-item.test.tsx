import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { LessonCard, LessonProgress } from '../../protocol/lesson-view.ts';
import { card, course, doneWith } from './fake-courses.ts';
import { layRoads } from './road.ts';
import { StationItem } from './station-item.tsx';

const missing = [{ need: 'cgroup2', words: 'It needs `cgroup v2`, and this machine has v1.' }];

/** What a learner reads of the last lesson of a course. */
function wordsOf(
  lessons: LessonCard[],
  progress: LessonProgress[],
  options: { outline?: boolean; next?: boolean } = {},
) {
  const station = layRoads([course('c', lessons)], progress)[0]?.stations.at(-1);
  if (station === undefined) throw new Error('no lesson');
  const { outline = false, next = false } = options;
  const html = renderToStaticMarkup(<StationItem station={station} match={null} outline={outline} next={next} last />);
  return { html, words: html.replaceAll(/<[^>]+>/g, '') };
}

test('a lesson says what this machine lacks for it, in an outline in short', () => {
  const lesson = card('c/a', { missing });
  const whole = wordsOf([lesson], []).words;
  expect(whole).toContain('This machine lacks something it needs. It needs cgroup v2, and this machine has v1.');
  const brief = wordsOf([lesson], [], { outline: true }).words;
  expect(brief).toContain('Does not fully work here');
  expect(brief).not.toContain('cgroup');
  expect(wordsOf([card('c/a')], []).words).not.toContain('machine');
});

test('prerequisites are links, done ones are said to be, unknown ones have their id', () => {
  const after = ['c/a', 'c/b', 'else/where'];
  const lessons = [card('c/a', { title: 'First' }), card('c/b', { title: 'Second' }), card('c/c', { after })];
  const { html, words } = wordsOf(lessons, [doneWith('c/a')]);
  expect(words).toContain('Builds on First (done), Second and else/where (not in this catalogue).');
  expect(html).toContain('href="/learn/c/b"');
  expect(html).not.toContain('href="/learn/else/where"');
});

test('a lesson that is done says nothing of what it builds on', () => {
  const lessons = [card('c/a'), card('c/b', { after: ['c/a'] })];
  expect(wordsOf(lessons, [doneWith('c/b')]).words).not.toContain('Builds on');
});

test('the lesson to go on with is marked, and keeps its details in an outline', () => {
  const lesson = card('c/a', { objectives: ['Know it.'] });
  expect(wordsOf([lesson], [], { outline: true }).words).not.toContain('Know it.');
  const { words } = wordsOf([lesson], [], { outline: true, next: true });
  expect(words).toContain('Next for you');
  expect(words).toContain('Know it.');
});
