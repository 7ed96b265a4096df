import { describe, expect, it } from 'vitest';
import { courseAfter, neededBy, orderCourses } from './course-order.ts';

const course = (id: string, ...after: string[]) => ({ id, after });
const idsOf = (courses: { id: string }[]) => courses.map(({ id }) => id);

/** As the folders stand in the alphabet. */
const shipped = [
  course('compose', 'dockerfiles', 'networks', 'volumes'),
  course('containers', 'first-steps'),
  course('dockerfiles', 'images'),
  course('first-steps'),
  course('images', 'containers'),
  course('layers', 'dockerfiles'),
  course('networks', 'containers'),
  course('production', 'compose', 'layers'),
  course('volumes', 'containers'),
];

describe('the order of courses', () => {
  it('puts each after those it needs', () => {
    expect(idsOf(orderCourses(shipped))).toEqual([
      'first-steps',
      'containers',
      'images',
      'dockerfiles',
      'layers',
      'networks',
      'volumes',
      'compose',
      'production',
    ]);
  });

  it('leaves courses that need nothing as they came', () => {
    expect(idsOf(orderCourses([course('b'), course('a'), course('c')]))).toEqual(['b', 'a', 'c']);
    expect(idsOf(orderCourses([...shipped, course('own')])).at(-1)).toBe('own');
  });

  it('counts what is not there, and the course itself, for nothing', () => {
    expect(idsOf(orderCourses([course('b', 'gone', 'b'), course('a')]))).toEqual(['b', 'a']);
  });

  it('loses no course of a circle', () => {
    expect(idsOf(orderCourses([course('d', 'c'), course('a', 'b'), course('b', 'a'), course('c')]))).toEqual([
      'c',
      'd',
      'a',
      'b',
    ]);
  });

  it('knows what a course needs over every step', () => {
    const byId = new Map(shipped.map((each) => [each.id, each]));
    expect([...neededBy('networks', byId)].sort()).toEqual(['containers', 'first-steps']);
    expect(neededBy('production', byId).size).toBe(8);
    const circle = new Map([course('a', 'b'), course('b', 'a')].map((each) => [each.id, each]));
    expect([...neededBy('a', circle)]).toEqual(['b']);
  });
});

describe('the course to go on with', () => {
  const ordered = orderCourses(shipped);
  const next = (from: string, ...settled: string[]) => courseAfter(ordered, from, new Set(settled))?.id;

  it('is the next that nothing stands in the way of', () => {
    expect(next('first-steps', 'first-steps')).toBe('containers');
    expect(next('images', 'first-steps', 'containers', 'images')).toBe('dockerfiles');
    expect(next('layers', 'first-steps', 'containers', 'images', 'dockerfiles', 'networks')).toBe('volumes');
    expect(next('volumes', 'first-steps', 'containers')).toBe('images');
  });

  it('is the next at all where something stands in the way of each, and none when all are done', () => {
    expect(next('production')).toBe('first-steps');
    expect(next('first-steps', ...ordered.map(({ id }) => id))).toBeUndefined();
  });
});
