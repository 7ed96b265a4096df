import { describe, expect, it } from 'vitest';
import { layMap, pathOf } from './map-layout.ts';

const course = (id: string, ...after: string[]) => ({ id, after });

const shipped = [
  course('first-steps'),
  course('containers', 'first-steps'),
  course('images', 'containers'),
  course('dockerfiles', 'images'),
  course('layers', 'dockerfiles'),
  course('networks', 'containers'),
  course('volumes', 'containers'),
  course('compose', 'dockerfiles', 'networks', 'volumes'),
  course('production', 'compose', 'layers'),
];

describe('the map of courses', () => {
  it('puts each course in a rank after all it needs', () => {
    const { nodes, depths, lanes } = layMap(shipped);
    expect(Object.fromEntries(nodes.map(({ id, depth }) => [id, depth]))).toEqual({
      'first-steps': 0,
      containers: 1,
      images: 2,
      networks: 2,
      volumes: 2,
      dockerfiles: 3,
      layers: 4,
      compose: 4,
      production: 5,
    });
    expect({ depths, lanes }).toEqual({ depths: 6, lanes: 3 });
  });

  it('gives nobody the same place, and leads no way through a course', () => {
    const { nodes, edges } = layMap(shipped);
    const places = nodes.map(({ depth, lane }) => `${depth} ${lane}`);
    expect(new Set(places).size).toBe(nodes.length);
    for (const { points } of edges) {
      for (const { depth, lane } of points.slice(1, -1)) expect(places).not.toContain(`${depth} ${lane}`);
    }
    expect(edges.find(({ from, to }) => from === 'networks' && to === 'compose')?.points).toHaveLength(3);
  });

  it('draws no way that another one covers, and none to a course that is not there', () => {
    const { edges } = layMap([course('a'), course('b', 'a', 'gone'), course('c', 'a', 'b')]);
    expect(edges.map(({ from, to }) => `${from} ${to}`)).toEqual(['a b', 'b c']);
  });

  it('is laid at once where many ways lead to a course', () => {
    const ranks = Array.from({ length: 40 }, (_, rank) => ['a', 'b', 'c'].map((name) => `${name}${rank}`));
    const courses = ranks.flatMap((rank, at) => rank.map((id) => course(id, ...(ranks[at - 1] ?? []))));
    expect(layMap(courses).edges).toHaveLength(39 * 9);
  });

  it('keeps courses apart that have nothing to do with each other', () => {
    const { nodes, lanes } = layMap([course('a'), course('b'), course('c', 'b')]);
    expect(lanes).toBe(2);
    expect(nodes).toEqual([
      { id: 'a', depth: 0, lane: 0 },
      { id: 'b', depth: 0, lane: 1 },
      { id: 'c', depth: 1, lane: 0.5 },
    ]);
  });

  it('draws the same way along and down', () => {
    const [edge] = layMap([course('a'), course('b', 'a')]).edges;
    expect(edge && pathOf(edge, true)).toBe('M0.5 0.5 C1 0.5 1 0.5 1.5 0.5');
    expect(edge && pathOf(edge, false)).toBe('M0.5 0.5 C0.5 1 0.5 1 0.5 1.5');
  });
});
