import type { ReactNode } from 'react';
import { renderToStaticMarkup } from 'react-dom/server';
import { describe, expect, it } from 'vitest';
import type { ImageView } from '../../protocol/images.ts';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { failed, image, making, ready, waiting } from './fake-images.ts';
import { ImageItem } from './image-item.tsx';
import { ImagesHead } from './images-head.tsx';
import { tallyOf } from './images-tally.ts';
import { ImagesTrouble } from './images-trouble.tsx';

const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
const titles = new Map(Array.from({ length: 9 }, (_, index) => [`c/${index}`, `Lesson ${index}`]));

function read(shown: ReactNode) {
  const html = renderToStaticMarkup(<TooltipProvider>{shown}</TooltipProvider>);
  return { html, words: html.replaceAll(/<[^>]+>/g, '') };
}

const item = (shown: ImageView, now = 0) => read(<ImageItem image={shown} titles={titles} now={now} />);

describe('an image of the list', () => {
  const nginx = image('nginx', ready, {
    names: ['nginx:latest', 'nginx:1.26'],
    source: 'drydock',
    origin: 'nginx 1.26.3-3 from Debian trixie',
    digest,
    size: { download: 28_000_000, own: 2_000_000, unpacked: 90_000_000 },
    lessons: ['c/0', 'c/1', 'gone/lesson'],
  });

  it('says its names, who made it of what, how large it is and who uses it', () => {
    const { words, html } = item(nginx);
    expect(words).toContain('Also called: nginx:1.26');
    expect(words).toContain('Drydock’s own build: nginx 1.26.3-3 from Debian trixie');
    expect(words).toContain('28 MB to pull (2 MB without what other images share) · 90 MB unpacked');
    expect(words).toContain('Used in Lesson 0, Lesson 1.');
    expect(html).not.toContain('gone/lesson');
    expect(html).toContain('aria-label="Copy docker pull nginx"');
    expect(words).toContain('Digest sha256:0123456789ab');
    expect(words).toContain(digest);
  });

  it('names a few lessons and counts the others, but not a single one', () => {
    const lessons = [...titles.keys()];
    expect(item({ ...nginx, lessons }).words).toContain('and in 5 more lessons');
    expect(item({ ...nginx, lessons: lessons.slice(0, 5) }).words).toContain('Lesson 4.');
  });

  it('says in which state it is, and what to do about it', () => {
    const wordsIn = (status: ImageView['status'], lessons: string[] = []) =>
      item(image('redis', status, { lessons }), 10_000).words;
    expect(wordsIn(making(30_000))).toContain('Being made, about 20 s left');
    expect(wordsIn(waiting(null))).toContain('Waits its turn');
    expect(wordsIn(failed('No room.', 70_000))).toMatch(/Could not be made.*No room\..*tried again in about 1 min/);
    expect(wordsIn(failed('No room.'))).toContain('not tried again by itself');
    expect(wordsIn({ state: 'unavailable', message: 'Use busybox.' })).toMatch(/Cannot be had here.*Use busybox\./);
    expect(wordsIn({ state: 'absent' })).toContain('Not made: no lesson uses it');
    expect(wordsIn({ state: 'absent' }, ['c/0'])).toContain('Not made yet');
    expect(wordsIn({ state: 'absent' })).toContain('npm run images -- build redis');
  });

  it('sends nobody to build what only Docker Hub has', () => {
    const { words } = item(image('alpine', { state: 'absent' }, { hubOnly: true }));
    expect(words).toContain('npm run images -- pull alpine');
    expect(words).not.toContain('build');
  });

  it('names all that its shelf has', () => {
    const { words } = item(image('node', ready, { shelf: ['express', 'pg', 'react'] }));
    expect(words).toContain('Installs without internet: express, pg and react, and what they need.');
  });
});

describe('how far the images are', () => {
  it('counts what is ready or was asked for', () => {
    const some = [image('a', ready), image('b', making(1)), image('c', failed('')), image('d', { state: 'absent' })];
    expect(tallyOf(some)).toMatchObject({ ready: 1, of: 3, failed: 1 });
    expect(tallyOf(some).words).toBe('1 of 3 images are ready, 1 could not be made');
    expect(tallyOf([image('a', ready), image('b', ready)]).words).toBe('2 images are ready');
    expect(tallyOf([]).words).toBe('No image was made yet');
    const away: ImageView['status'] = { state: 'unavailable', message: 'Use busybox.' };
    const missed = [image('a', ready), image('b', away, { lessons: ['c/0'] }), image('c', away)];
    expect(tallyOf(missed).words).toBe('1 of 2 images are ready, 1 cannot be had here');
  });

  it('does not wait for what may never come', () => {
    const doubtful = image('alpine', waiting(null), { hubOnly: true });
    expect(read(<ImagesHead images={[image('b', making(30_000)), doubtful]} now={10_000} />).words).toContain(
      'about 20 s left',
    );
  });

  it('says the time apart from what is read out when it changes', () => {
    const { html, words } = read(<ImagesHead images={[image('a', ready), image('b', making(30_000))]} now={10_000} />);
    expect(words).toContain('1 of 2 images are ready, about 20 s left');
    expect(words).toContain('b is being made, about 20 s.');
    expect(/role="status"[^>]*>([^<]*)</.exec(html)?.[1]).toBe('1 of 2 images are ready');
  });
});

describe('what lessons need and is not there', () => {
  const trouble = (...images: ImageView[]) => read(<ImagesTrouble images={images} now={10_000} />).words;

  it('is said with why, also what this lab does not make by itself', () => {
    expect(trouble(image('nginx', ready), image('redis', waiting(1)))).toBe('');
    expect(trouble(image('redis', failed('No room.', 70_000)))).toBe(
      'redis is not there yet. No room. It is tried again in about 1 min.',
    );
    expect(trouble(image('busybox', { state: 'absent' }), image('debian', { state: 'absent' }))).toBe(
      'busybox and debian were not made. Whoever runs this lab makes them with npm run images -- build.',
    );
    expect(trouble(image('busybox', { state: 'absent' }))).toContain(
      'busybox was not made. Whoever runs this lab makes it',
    );
  });
});
