import { describe, expect, it } from 'vitest';
import type { ImageStatus, LessonImage } from '../../protocol/images.ts';
import { failed, image, making, ready, waiting } from './fake-images.ts';
import { noticeOf } from './lesson-images-words.ts';

const of = (id: string, status: ImageStatus): LessonImage => ({ reference: `${id}:1`, image: image(id, status) });
const foreign: LessonImage = { reference: 'school/tool:2', image: null };

/** What is said of these, and in which tone. */
function said(images: LessonImage[], egress: 'none' | 'internet' | null = 'none') {
  const notice = noticeOf(images, { egress, now: 10_000 });
  if (notice === null) throw new Error('nothing is said');
  return { ...notice, lines: notice.lines.map(({ words }) => words) };
}

describe('what a lesson says of its images', () => {
  it('is nothing when there are none', () => {
    expect(noticeOf([], { egress: null, now: 0 })).toBeNull();
  });

  it('is how long those take that are being made', () => {
    const notice = said([of('postgres', making(50_000)), of('redis', waiting(200_000)), of('node', making(null))]);
    expect(notice.tone).toBe('making');
    expect(notice.heading).toBe('Images that this lesson uses are still being made');
    expect(notice.advice).toBe('You can begin to read.');
    expect(notice.lines).toEqual([
      '`postgres:1` is being made now and will be ready in about 40 s.',
      '`redis:1` waits its turn and will be ready in about 3 min.',
      '`node:1` is being made now.',
    ]);
    expect(said([of('redis', making(5_000))]).lines).toEqual([
      '`redis:1` is being made now and will be ready any moment now.',
    ]);
  });

  it('is that they are ready, once they are', () => {
    const notice = said([of('redis', ready)]);
    expect(notice).toMatchObject({ tone: 'ready', heading: 'The image of this lesson is ready', advice: null });
  });

  it('is why one is not there, before all else', () => {
    const notice = said([of('node', making(40_000)), of('redis', failed('The disk is full.', 70_000))]);
    expect(notice).toMatchObject({ tone: 'trouble', heading: 'This lesson uses an image that this lab does not have' });
    expect(notice.lines[0]).toBe('`redis:1` is not there yet. The disk is full. It is tried again in about 1 min.');
    const unavailable = said([of('alpine', { state: 'unavailable', message: 'Use `busybox` instead.' })]);
    expect(unavailable.tone).toBe('trouble');
    expect(unavailable.lines).toEqual(['`alpine:1` cannot be had here. Use `busybox` instead.']);
    expect(said([of('redis', { state: 'absent' })]).lines[0]).toContain('npm run images -- build redis');
    const alpine = { reference: 'alpine:1', image: image('alpine', { state: 'absent' }, { hubOnly: true }) };
    expect(said([alpine]).lines[0]).toContain('npm run images -- pull alpine');
  });

  it('is where one comes from that is not of this lab: nowhere without internet', () => {
    expect(said([foreign], 'none')).toMatchObject({
      tone: 'trouble',
      lines: ['`school/tool:2` is not among the images of this lab, and your sandbox has no internet to pull it from.'],
    });
    expect(said([foreign], 'internet')).toMatchObject({
      tone: 'foreign',
      lines: ['`school/tool:2` is not among the images of this lab: it is pulled from the internet.'],
    });
    expect(said([foreign], null)).toMatchObject({ tone: 'foreign', lines: [expect.not.stringContaining('internet')] });
  });

  it('is that the internet has what this lab does not have, where the sandbox reaches it', () => {
    const troubles: LessonImage[] = [
      of('redis', failed('The disk is full.')),
      of('node', { state: 'absent' }),
      of('alpine', { state: 'unavailable', message: 'Use `busybox` instead.' }),
    ];
    expect(said(troubles, 'internet')).toEqual({
      tone: 'foreign',
      heading: 'This lesson uses images that are not of this lab',
      lines: ['redis', 'node', 'alpine'].map((id) => `\`${id}:1\` is not in this lab: it is pulled from the internet.`),
      advice: null,
    });
    expect(said([...troubles, of('nginx', making(40_000))], 'internet').tone).toBe('making');
    // Docker Hub does not have Drydock's own.
    const web: LessonImage = {
      reference: 'drydock/web:1',
      image: image('web-1', failed('No.'), { names: ['drydock/web:1'] }),
    };
    expect(said([web, foreign], 'internet')).toMatchObject({
      tone: 'trouble',
      heading: 'This lesson uses an image that this lab does not have',
    });
  });
});
