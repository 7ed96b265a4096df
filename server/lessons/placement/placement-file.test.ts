import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { foldersIn } from '../library/bounded-files.ts';
import { parsePlacement } from './placement-file.ts';

const good = `courses:
  first:
    - question: Which?
      choices:
        - { text: a, correct: true, why: It is. }
        - { text: b, why: It is not. }
      explanation: Because.
    - question: What?
      answer: yes please
      explanation: So.
`;
const codes = (text: string) =>
  parsePlacement(text, 'placement.yaml', ['first', 'second']).problems.map(({ code, line }) => `${line} ${code}`);

test('questions are named by their words', () => {
  const { questions, problems } = parsePlacement(good, 'placement.yaml', ['first']);
  expect(problems).toEqual([]);
  const ids = questions.get('first')?.map(({ id }) => id) ?? [];
  expect(new Set(ids).size).toBe(2);
  const changed = parsePlacement(good.replace('Because.', 'Just so.').replace('What?', 'What now?'), 'p', null);
  expect(changed.questions.get('first')?.[0]?.id).toBe(ids[0]);
  expect(changed.questions.get('first')?.[1]?.id).not.toBe(ids[1]);
});

test('what is wrong is said at its place, and nothing is asked then', () => {
  expect(codes(good.replace('first:', 'frist:'))).toEqual(['2 placement.unknown-course']);
  expect(codes(good.replace('question: What?', 'question: Which?'))).toEqual(['8 placement.duplicate']);
  expect(codes(good.replace('explanation: So.', 'explanatoin: So.'))).toEqual(['10 key.unknown']);
  expect(codes(good.replace('      explanation: So.\n', ''))).toEqual(['8 key.missing']);
  expect(codes(good.replace('a, correct: true', 'a'))).toEqual(['4 quiz.no-right-choice']);
  expect(codes(good.replace('answer: yes please', 'answer: /.*/'))).toEqual(['9 quiz.any-answer']);
  expect(codes('courses: [')).toEqual(['1 yaml.syntax']);
  expect(codes('')).toEqual(['1 key.missing']);
  expect(parsePlacement(good.replace('first:', 'frist:'), 'p', ['first']).questions.size).toBe(0);
});

test('the shipped quiz asks two or three questions about each shipped course', async () => {
  const lessons = join(import.meta.dirname, '../../../lessons');
  const courses = await foldersIn(lessons);
  const { questions, problems } = parsePlacement(await readFile(join(lessons, 'placement.yaml'), 'utf8'), 'p', courses);
  expect(problems).toEqual([]);
  expect([...questions.keys()].sort()).toEqual([...courses].sort());
  for (const [course, asked] of questions) {
    expect(asked.length, course).toBeGreaterThanOrEqual(2);
    expect(asked.length, course).toBeLessThanOrEqual(3);
  }
});

test('the right choices of the shipped quiz stand in each place about as often', async () => {
  const text = await readFile(join(import.meta.dirname, '../../../lessons/placement.yaml'), 'utf8');
  const asked = [...parsePlacement(text, 'p', null).questions.values()].flat();
  const counts = new Map<number, number[]>();
  for (const { quiz } of asked) {
    const choices = quiz.choices ?? [];
    const right = choices.flatMap(({ correct }, place) => (correct ? [place] : []));
    if (right.length !== 1) continue;
    const places = counts.get(choices.length) ?? choices.map(() => 0);
    counts.set(choices.length, places.with(right[0] ?? 0, (places[right[0] ?? 0] ?? 0) + 1));
  }
  expect([...counts.keys()].sort()).toEqual([3, 4]);
  for (const [length, places] of counts)
    expect(Math.max(...places) - Math.min(...places), `${length} choices: ${places.join(', ')}`).toBeLessThanOrEqual(1);
});
