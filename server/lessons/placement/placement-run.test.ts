import { describe, expect, it } from 'vitest';
import { type AskedCourse, runPlacement, startOf } from './placement-run.ts';

const course = (id: string, after: string[], questions = [`${id}-1`, `${id}-2`]): AskedCourse => ({
  id,
  after,
  questions,
  done: false,
});
const courses = [
  course('basics', []),
  course('images', ['basics']),
  course('files', ['images']),
  course('nets', ['basics']),
  course('all', ['files', 'nets']),
];
const right = (...ids: string[]) => ids.map((id) => [id, true] as const);
const wrong = (id: string) => [id, false] as const;
const run = (...answers: (readonly [string, boolean])[]) => runPlacement(courses, new Map(answers));

describe('a placement quiz', () => {
  it('asks course by course, and says how much is still to come at most', () => {
    expect(run()).toMatchObject({ next: 'basics-1', atMost: 10 });
    expect(run(...right('basics-1'))).toMatchObject({ next: 'basics-2', atMost: 9 });
    expect(run(...right('basics-1', 'basics-2'))).toMatchObject({ next: 'images-1', atMost: 8 });
  });

  it('ends at once where everything builds on what is not known', () => {
    const ended = run(wrong('basics-1'));
    expect(ended).toMatchObject({ next: null, atMost: 0 });
    expect(ended.findings.get('all')).toEqual({ state: 'later', needs: ['basics'] });
    expect(startOf(courses, ended)).toBe('basics');
  });

  it('leaves out what builds on an unknown course, and goes on with the others', () => {
    const known = right('basics-1', 'basics-2', 'images-1');
    const going = run(...known, wrong('images-2'));
    expect(going).toMatchObject({ next: 'nets-1', atMost: 2 });
    const ended = run(...known, wrong('images-2'), wrong('nets-1'));
    expect(ended.next).toBeNull();
    expect(ended.findings.get('all')).toEqual({ state: 'later', needs: ['nets', 'images'].sort() });
    expect(startOf(courses, ended)).toBe('images');
  });

  it('finds nothing to begin with where all is known', () => {
    const all = run(...right(...courses.flatMap(({ questions }) => questions)));
    expect(all.next).toBeNull();
    expect(startOf(courses, all)).toBeNull();
  });

  it('asks nothing about courses that are done, and cannot ask about some', () => {
    const some = [{ ...course('basics', []), done: true }, course('own', ['basics'], [])];
    const ended = runPlacement(some, new Map());
    expect(ended).toMatchObject({ next: null });
    expect(ended.findings.get('basics')).toEqual({ state: 'known', done: true });
    expect(startOf(some, ended)).toBe('own');
  });
});
