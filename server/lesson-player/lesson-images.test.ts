import { describe, expect, it } from 'vitest';
import { DrydockError } from '../errors.ts';
import { imageOf, madeOf } from '../images/stock-fixture.ts';
import { type LessonImages, prepareLessonImages } from './lesson-images.ts';

function setUp(more: Partial<LessonImages> = {}) {
  const made: string[] = [];
  const shown: string[] = [];
  const abort = new AbortController();
  const images: LessonImages = {
    catalogue: [imageOf('busybox'), imageOf('nginx'), imageOf('alpine'), imageOf('redis')],
    registry: { ensure: async () => undefined },
    maker: {
      state: async () => new Map([['busybox', madeOf('busybox')]]),
      make: async ({ id }) => {
        abort.signal.throwIfAborted();
        made.push(id);
        if (id === 'alpine') throw new DrydockError('image.unavailable', 'Docker Hub does not answer.');
        return madeOf(id);
      },
    },
    policy: 'needed',
    ...more,
  };
  const display = {
    begin: (title: string) => {
      shown.push(title);
      return { tell: () => undefined, end: () => void shown.push(`${title} ended`) };
    },
  };
  const prepare = (...references: string[]) =>
    prepareLessonImages(images, references, { display, signal: abort.signal });
  return { prepare, made, shown, abort };
}

describe('before lessons are played', () => {
  it('what they pull is made where it is not there, each once', async () => {
    const { prepare, made, shown } = setUp();
    const missing = await prepare('busybox', 'nginx', 'library/nginx:latest', 'some/thing:1');
    expect(made).toEqual(['nginx']);
    expect(shown).toEqual(['image nginx', 'image nginx ended']);
    expect(missing(['busybox', 'nginx', 'some/thing:1'])).toEqual([]);
  });

  it('it is said which cannot be had and why, and the others are made', async () => {
    const { prepare, made } = setUp();
    const missing = await prepare('alpine', 'redis');
    expect(made).toEqual(['alpine', 'redis']);
    expect(missing(['redis', 'docker.io/alpine'])).toEqual([
      'The image docker.io/alpine is not there: Docker Hub does not answer.',
    ]);
  });

  it('a registry that cannot be had is why none of theirs is there', async () => {
    const ensure = async () => {
      throw new DrydockError('registry.failed', 'It does not come up.');
    };
    const { prepare, made } = setUp({ registry: { ensure } });
    const missing = await prepare('nginx');
    expect(made).toEqual([]);
    expect(missing(['nginx', 'redis'])).toEqual(['The image nginx is not there: It does not come up.']);
  });

  it('nothing is made where that is not wanted', async () => {
    const { prepare, made } = setUp({ policy: 'none' });
    const missing = await prepare('nginx', 'busybox');
    expect(made).toEqual([]);
    expect(missing(['nginx'])[0]).toContain('npm run images -- build nginx');
    expect(missing(['busybox'])).toEqual([]);
  });

  it('an interruption is no reason to fail lessons', async () => {
    const { prepare, abort } = setUp();
    abort.abort();
    await expect(prepare('nginx')).rejects.toThrow();
  });
});
