import { expect, test } from 'vitest';
import { card, course } from './fake-courses.ts';
import { nearestQuery } from './nearest-words.ts';
import { indexCourses, type MarkedWords, searchLessons } from './search.ts';

const courses = [
  course(
    'images',
    [
      card('images/layers', {
        title: 'Look at the layers',
        summary: 'What an image is made of.',
        objectives: ['List the layers with `docker history`.', 'Say why order matters.'],
        steps: [
          { id: 'history', title: 'Ask for the history' },
          { id: 'cache', title: 'Watch the build cache' },
        ],
      }),
      card('images/small', { title: 'Small images', summary: 'Build in stages.', level: 'advanced' }),
    ],
    { title: 'Building images' },
  ),
  course('voyage', [card('voyage/cafe', { title: 'Le Café à Łódź', summary: 'Déjà vu, don’t you think' })], {
    title: 'Reise',
  }),
];
const index = indexCourses(courses);

function found(text: string): string[] {
  return [...searchLessons(index, text, () => true).lessons.keys()];
}

function marked({ text, marks }: MarkedWords): string[] {
  return marks.map(({ from, to }) => text.slice(from, to));
}

test('without words every lesson is found', () => {
  expect(found('')).toEqual(['images/layers', 'images/small', 'voyage/cafe']);
  expect(found(' -- /')).toHaveLength(3);
});

test('all words have to be there, in any order and in any field, as beginnings of words', () => {
  expect(found('layers look')).toEqual(['images/layers']);
  expect(found('HIST lay')).toEqual(['images/layers']);
  expect(found('docker-history')).toEqual(['images/layers']);
  expect(found('layers stages')).toEqual([]);
  expect(found('ayers')).toEqual([]);
});

test('words of the course’s title count for its lessons', () => {
  expect(found('building')).toEqual(['images/layers', 'images/small']);
  expect(found('building stages')).toEqual(['images/small']);
  const { courses: matched } = searchLessons(index, 'build', () => true);
  expect(matched.get('images')).toEqual([{ from: 0, to: 5 }]);
});

test('accents and apostrophes do not count, neither in the text nor in what is typed', () => {
  for (const text of ['cafe', 'CAFÉ', 'cafe\u0301', 'deja', 'dont', 'don’t', "don't"])
    expect(found(text)).toEqual(['voyage/cafe']);
});

test('marks stand in the text as it is written', () => {
  const cafe = searchLessons(index, 'caf dej dont', () => true).lessons.get('voyage/cafe');
  expect(marked({ text: 'Le Café à Łódź', marks: cafe?.title ?? [] })).toEqual(['Caf']);
  expect(marked({ text: 'Déjà vu, don’t you think', marks: cafe?.summary ?? [] })).toEqual(['Déj', 'don’t']);
  const combined = indexCourses([course('a', [card('a/b', { title: 'Cafe\u0301 au lait' })])]);
  const whole = searchLessons(combined, 'cafe', () => true).lessons.get('a/b');
  expect(marked({ text: 'Cafe\u0301 au lait', marks: whole?.title ?? [] })).toEqual(['Cafe\u0301']);
});

test('a letter outside the basic plane moves no mark', () => {
  const odd = indexCourses([course('a', [card('a/b', { title: '🐳🐳 whale 𝒟ocker' })])]);
  const whale = searchLessons(odd, 'whale docker', () => true).lessons.get('a/b');
  expect(marked({ text: '🐳🐳 whale 𝒟ocker', marks: whale?.title ?? [] })).toEqual(['whale', '𝒟ocker']);
});

test('marks of several words do not overlap', () => {
  const twice = searchLessons(index, 'l lay layers', () => true).lessons.get('images/layers');
  expect(marked({ text: 'Look at the layers', marks: twice?.title ?? [] })).toEqual(['L', 'layers']);
});

test('only the objectives and steps that match are told, each with its place', () => {
  const match = searchLessons(index, 'cache history', () => true).lessons.get('images/layers');
  expect(match?.steps.map(({ id, number }) => [id, number])).toEqual([
    ['history', 1],
    ['cache', 2],
  ]);
  expect(match?.objectives.map(marked)).toEqual([['history']]);
});

test('text without spaces between words is found in its middle', () => {
  const japanese = indexCourses([course('a', [card('a/b', { title: '最初のコンテナを動かす' })])]);
  expect([...searchLessons(japanese, 'コンテナ', () => true).lessons.keys()]).toEqual(['a/b']);
});

test('whatever else is asked of a lesson narrows further', () => {
  const beginners = searchLessons(index, 'building', ({ level }) => level === 'beginner');
  expect([...beginners.lessons.keys()]).toEqual(['images/layers']);
  expect([...searchLessons(index, '', () => false).courses.keys()]).toEqual([]);
});

test('a slip of the finger is put right from the catalogue’s own words', () => {
  expect(nearestQuery(index, 'laeyrs')).toBe('layers');
  expect(nearestQuery(index, 'histroy lay')).toBe('history lay');
  expect(nearestQuery(index, 'kubernetes')).toBeNull();
  expect(nearestQuery(index, 'layers stages')).toBeNull();
});

test('500 lessons: each is found by a word that only it has', () => {
  const many = indexCourses(
    Array.from({ length: 50 }, (_, c) =>
      course(
        `c${c}`,
        Array.from({ length: 10 }, (_, l) =>
          card(`c${c}/l${l}`, {
            title: `Lesson unique${c}x${l} about containers`,
            summary: 'A summary of usual length, which says what happens in a sentence or two. '.repeat(2),
            objectives: Array.from({ length: 4 }, (_, o) => `Say what number ${o} means for a container`),
            steps: Array.from({ length: 6 }, (_, s) => ({ id: `s${s}`, title: `Look at part ${s} of the whole` })),
          }),
        ),
      ),
    ),
  );
  for (let at = 0; at < 500; at += 1) {
    const id = `c${Math.floor(at / 10)}/l${at % 10}`;
    const outcome = searchLessons(many, `containers unique${Math.floor(at / 10)}x${at % 10}`, () => true);
    expect([...outcome.lessons.keys()]).toEqual([id]);
  }
  expect(searchLessons(many, 'con', () => true).lessons.size).toBe(500);
});
