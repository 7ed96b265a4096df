import { expect, test } from 'vitest';
import type { SearchWords } from '../../protocol/reference.ts';
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

test('another word for something is near only where what it stands for is in the catalogue', () => {
  expect(nearestQuery(index, 'dockerhup')).toBeNull();
  expect(nearestQuery(index, 'mysq')).toBeNull();
  const hub = indexCourses([course('a', [card('a/b', { title: 'The registry' })])]);
  expect(nearestQuery(hub, 'dockerhup')).toBe('dockerhub');
  const further = indexCourses([course('a', [card('a/b', { title: 'A dockerlup' })])]);
  expect(nearestQuery(further, 'dockerhupp')).toBe('dockerlup');
});

const words: SearchWords = {
  commands: [
    { id: 'docker-rm', name: 'docker rm', does: 'Removes containers that have ended.', lessons: ['images/small'] },
    {
      id: 'docker-history',
      name: 'docker history',
      does: 'Shows the layers.',
      lessons: ['images/layers', 'gone/away'],
    },
  ],
  terms: [{ id: 'volume', title: 'Volume', lessons: ['voyage/cafe'] }],
};
const withWords = indexCourses(courses, words);
const foundBy = (text: string): string[] => [...searchLessons(withWords, text, () => true).lessons.keys()];

test('a lesson is found by a command it carries out, by what that does, and by a term it explains', () => {
  expect(foundBy('docker rm')).toEqual(['images/small']);
  expect(foundBy('ended containers')).toEqual(['images/small']);
  expect(foundBy('volume')).toEqual(['voyage/cafe']);
  const match = searchLessons(withWords, 'volum', () => true).lessons.get('voyage/cafe');
  expect(match?.terms.map((term) => [term.id, marked(term)])).toEqual([['volume', ['Volum']]]);
});

test('another word for it finds it as well, and says which one was found', () => {
  for (const text of ['delete', 'deleting a container', 'how to erase the containers', 'DELETED'])
    expect(foundBy(text), text).toEqual(['images/small']);
  const { lessons, also } = searchLessons(withWords, 'delete', () => true);
  const match = lessons.get('images/small');
  expect(match?.commands.map(({ id, name, does }) => [id, marked(name), marked(does)])).toEqual([
    ['docker-rm', ['rm'], ['Remove']],
  ]);
  expect(also).toEqual([{ typed: 'delete', words: ['rm', 'remove'] }]);
  expect(searchLessons(withWords, 'history', () => true).also).toEqual([]);
});

test('commands are named for what nothing else of the lesson says, not for every word they hold', () => {
  const own = [
    { id: 'docker-rm', name: 'docker rm', does: 'Removes a container.', lessons: ['a/b'] },
    { id: 'docker-top', name: 'docker top', does: 'Lists processes of a container.', lessons: ['a/b'] },
  ];
  const small = indexCourses([course('a', [card('a/b', { title: 'Look into a container' })])], {
    commands: own,
    terms: [{ id: 'container', title: 'Container', lessons: ['a/b'] }],
  });
  const named = (text: string) => {
    const match = searchLessons(small, text, () => true).lessons.get('a/b');
    return [match?.commands.map(({ id }) => id), match?.terms.map(({ id }) => id)];
  };
  expect(named('container')).toEqual([[], []]);
  expect(named('delete container')).toEqual([['docker-rm'], []]);
  expect(named('processes')).toEqual([['docker-top'], []]);
});

test('a short word that stands for another is a whole word', () => {
  const rmdir = indexCourses([course('a', [card('a/b', { title: 'About rmdir' }), card('a/c', { title: 'Use rm' })])]);
  expect([...searchLessons(rmdir, 'delete', () => true).lessons.keys()]).toEqual(['a/c']);
  const twice = searchLessons(rmdir, 'erase', () => true).lessons.get('a/c');
  expect(marked({ text: 'Use rm', marks: twice?.title ?? [] })).toEqual(['rm']);
});

test('the letter of an option is no beginning of a word: it may be missing', () => {
  const force = indexCourses([
    course('a', [card('a/b', { title: 'Use rm', summary: 'Of files and folders' }), card('a/c', { title: 'Files' })]),
  ]);
  const { lessons } = searchLessons(force, 'rm -f', () => true);
  expect([...lessons.keys()]).toEqual(['a/b']);
  expect(lessons.get('a/b')?.summary).toEqual([]);
});

test('words that say nothing are passed over, unless there are no others', () => {
  expect(foundBy('how do i look at the layers')).toEqual(['images/layers']);
  expect(foundBy('what')).toEqual(['images/layers']);
});

test('a slip in a word that stands for another is put right', () => {
  expect(nearestQuery(withWords, 'delte')).toBe('delete');
  expect(nearestQuery(withWords, 'delete')).toBeNull();
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
