import type { LessonImage } from '../../protocol/images.ts';
import { nameOf, typedName } from './image-words.ts';
import { inWords, leftOf } from './time-left.ts';

/** What is said of a lesson's images in one place: by what is worst among them. */
export interface LessonImagesNotice {
  tone: 'making' | 'ready' | 'trouble' | 'foreign';
  heading: string;
  lines: { reference: string; words: string }[];
  advice: string | null;
}

interface Around {
  /** Of the learner's sandbox; null: not known yet. */
  egress: 'none' | 'internet' | null;
  /** The server's time. */
  now: number;
}

type State = 'ready' | 'coming' | 'trouble' | 'foreign';

/** What is most in the way comes first. */
const order: readonly State[] = ['trouble', 'foreign', 'coming', 'ready'];

/** `foreign`: the catalogue has none of that name. */
export function stateOf({ image }: LessonImage): State {
  if (image === null) return 'foreign';
  switch (image.status.state) {
    case 'ready':
      return 'ready';
    case 'making':
    case 'waiting':
      return 'coming';
    case 'failed':
    case 'absent':
    case 'unavailable':
      return 'trouble';
  }
}

/** null: there is nothing to say. */
export function noticeOf(images: readonly LessonImage[], around: Around): LessonImagesNotice | null {
  if (images.length === 0) return null;
  const state = (image: LessonImage) => (isFromElsewhere(image, around) ? 'foreign' : stateOf(image));
  const inOrder = [...images].sort((one, other) => order.indexOf(state(one)) - order.indexOf(state(other)));
  const lines = inOrder.map((image) => ({ reference: image.reference, words: lineOf(image, around) }));
  const states = new Set(images.map(state));
  const count = (wanted: State) => images.filter((image) => state(image) === wanted).length;
  const inTheWay = count('trouble') + (around.egress === 'none' ? count('foreign') : 0);
  if (inTheWay > 0) {
    const one = inTheWay === 1;
    return {
      tone: 'trouble',
      heading: `This lesson uses ${one ? 'an image' : 'images'} that this lab does not have`,
      lines,
      advice: `You can read it. Commands that need ${one ? 'this image' : 'these images'} fail until ${one ? 'it is' : 'they are'} there.`,
    };
  }
  if (states.has('coming')) {
    const one = count('coming') === 1;
    return {
      tone: 'making',
      heading: `${one ? 'An image' : 'Images'} that this lesson uses ${one ? 'is' : 'are'} still being made`,
      lines,
      advice: 'You can begin to read.',
    };
  }
  if (states.has('foreign')) {
    const one = count('foreign') === 1;
    return {
      tone: 'foreign',
      heading: `This lesson uses ${one ? 'an image that is' : 'images that are'} not of this lab`,
      lines,
      advice: null,
    };
  }
  const one = images.length === 1;
  return {
    tone: 'ready',
    heading: `The ${one ? 'image' : 'images'} of this lesson ${one ? 'is' : 'are'} ready`,
    lines,
    advice: null,
  };
}

/** This lab does not have it, and a sandbox with internet does: from Docker Hub, where Drydock's own are not. */
function isFromElsewhere(image: LessonImage, { egress }: Around): boolean {
  const isOwn = image.image?.names.some((name) => name.startsWith('drydock/')) === true;
  return egress === 'internet' && stateOf(image) === 'trouble' && !isOwn;
}

function lineOf(lessonImage: LessonImage, around: Around): string {
  const { reference, image } = lessonImage;
  const { egress, now } = around;
  const name = `\`${typedName(reference)}\``;
  if (isFromElsewhere(lessonImage, around)) return `${name} is not in this lab: it is pulled from the internet.`;
  if (image === null) return `${name} is not among the images of this lab${foreignTail(egress)}.`;
  const { status } = image;
  const left = leftOf(status, now);
  const then = left === null ? '' : ` and will be ready ${inWords(left)}`;
  switch (status.state) {
    case 'ready':
      return `${name} is ready.`;
    case 'making':
      return `${name} is being made now${then}.`;
    case 'waiting':
      return `${name} waits its turn${then}.`;
    case 'failed':
      return `${name} is not there yet. ${status.message}${status.retryAt === null ? '' : ` It is tried again ${inWords(status.retryAt - now)}.`}`;
    case 'unavailable':
      return `${name} cannot be had here. ${status.message}`;
    case 'absent':
      return `${name} was not made yet. Whoever runs this lab makes it with \`npm run images -- ${image.hubOnly ? 'pull' : 'build'} ${nameOf(image)}\`.`;
  }
}

function foreignTail(egress: Around['egress']): string {
  if (egress === null) return '';
  return egress === 'none' ? ', and your sandbox has no internet to pull it from' : ': it is pulled from the internet';
}
