import { describe, expect, it } from 'vitest';
import { neededImages } from './needed-images.ts';
import { imageOf } from './stock-fixture.ts';

const catalogue = [
  imageOf('busybox', { names: ['busybox:latest', 'busybox:1.37'] }),
  imageOf('nginx', { names: ['nginx:latest', 'nginx:1.26'] }),
  imageOf('web-1', { names: ['drydock/web:1'] }),
  imageOf('redis'),
];

function needed(courses: Record<string, string[]>[]) {
  const all = Object.assign({}, ...courses) as Record<string, string[]>;
  return neededImages(
    {
      catalogue: () => courses.map((course) => ({ lessons: Object.keys(course).map((id) => ({ id })) })),
      lesson: (id) => ({ frontMatter: { images: all[id] ?? [] } }),
    },
    catalogue,
  );
}

describe('the images that lessons need', () => {
  it('come in the order in which a learner meets them, each with its lessons', () => {
    const { images, unknown } = needed([
      { 'b/one': ['nginx'], 'b/two': ['drydock/web:1', 'nginx'] },
      { 'a/one': ['busybox'] },
    ]);
    expect(images.map(({ image, lessons }) => [image.id, lessons])).toEqual([
      ['nginx', ['b/one', 'b/two']],
      ['web-1', ['b/two']],
      ['busybox', ['a/one']],
    ]);
    expect(unknown).toEqual([]);
  });

  it('are found however they are spelt, and once for each lesson', () => {
    const { images } = needed([{ 'a/one': ['docker.io/library/nginx:1.26', 'nginx', 'library/busybox'] }]);
    expect(images.map(({ image, lessons }) => [image.id, lessons])).toEqual([
      ['nginx', ['a/one']],
      ['busybox', ['a/one']],
    ]);
  });

  it('are told apart from what the catalogue does not have, tags of its images too', () => {
    const { images, unknown } = needed([
      { 'a/one': ['nginx:1.25', 'ghcr.io/redis'], 'a/two': ['docker.io/nginx:1.25'] },
    ]);
    expect(images).toEqual([]);
    expect(unknown).toEqual([
      { reference: 'nginx:1.25', lessons: ['a/one', 'a/two'] },
      { reference: 'ghcr.io/redis', lessons: ['a/one'] },
    ]);
  });
});
