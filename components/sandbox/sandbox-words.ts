import type { ErrorCode } from '../../protocol/errors.ts';
import type { SandboxStage, SandboxStatus, StopReason } from '../../protocol/sandbox.ts';
import { formatMoment } from '../ui/moment.ts';

/** The sandbox as a page knows it: one that is no longer there was something else before there was any. */
export type PageSandbox = SandboxStatus | { state: 'removed' };

/** What became of the sandbox the page knew. */
export function followSandbox(before: PageSandbox, now: SandboxStatus): PageSandbox {
  if (now.state !== 'none') return now;
  switch (before.state) {
    case 'ready':
    case 'paused':
    case 'stopped':
    case 'failed':
    case 'removed':
      return { state: 'removed' };
    case 'none':
    case 'starting':
    case 'resetting':
      return now;
  }
}

const stages: Record<SandboxStage, string> = {
  queued: 'Waiting for a free place',
  // Also where it is there and only has to be started.
  creating: 'Preparing your sandbox',
  starting: 'Starting your sandbox',
  'waiting-for-daemon': 'Waiting for Docker to answer',
  'preparing-files': 'Putting the lesson’s files in place',
};

export function stageWords(stage: SandboxStage): string {
  return stages[stage];
}

/** The state of the sandbox in few words, for the bar. */
export function sandboxWords(sandbox: PageSandbox): string {
  switch (sandbox.state) {
    case 'none':
      return 'Asking for a sandbox';
    case 'starting':
      return stageWords(sandbox.stage);
    case 'ready':
      return 'Sandbox ready';
    case 'paused':
      return 'Sandbox paused';
    case 'stopped':
      return 'Sandbox stopped';
    case 'removed':
      return 'Sandbox removed';
    case 'resetting':
      return 'Resetting the sandbox';
    case 'failed':
      return failureWords(sandbox.error.code).bar;
  }
}

/** A sandbox that waits for the learner, in words, with the button that calls it. */
interface Rest {
  kind: 'paused' | 'stopped';
  words: string;
  /** What to do, by keyboard. */
  hint: string;
  action: string;
}

const whyStopped: Record<StopReason, (at: string) => string> = {
  idle: (at) => `Stopped since ${at}: nobody used it.`,
  room: (at) => `Stopped since ${at}: another learner needed the room.`,
  operator: (at) => `Stopped since ${at}, by whoever runs this lab.`,
};

const startHint = (what: string) => `Press Enter to start ${what}; what you type before it runs is not kept.`;

/** null: it runs, or is being worked on. */
export function restOf(sandbox: PageSandbox, now: number): Rest | null {
  switch (sandbox.state) {
    case 'paused':
      return {
        kind: 'paused',
        words: `Paused since ${formatMoment(sandbox.since, now)}: nobody used this sandbox. Everything is as you left it.`,
        hint: 'Press any key to go on.',
        action: 'Go on',
      };
    case 'stopped':
      return {
        kind: 'stopped',
        words: `${whyStopped[sandbox.why](formatMoment(sandbox.since, now))} Files, images, volumes and containers are kept.`,
        hint: startHint('it'),
        action: 'Start',
      };
    case 'removed':
      return {
        kind: 'stopped',
        words:
          'This sandbox was removed: nobody used it for long, or whoever runs this lab did it. Its containers, images and volumes are gone; your files are kept, and a new sandbox offers them.',
        hint: startHint('a new one'),
        action: 'Start a new one',
      };
    case 'none':
    case 'starting':
    case 'ready':
    case 'resetting':
    case 'failed':
      return null;
  }
}

interface FailureWords {
  /** In the bar. */
  bar: string;
  heading: string;
  action: string;
  /** A reset could help where a start cannot. */
  resetHelps: boolean;
}

const failures: Partial<Record<ErrorCode, Partial<FailureWords>>> = {
  'sandbox.disk-full': {
    bar: 'Sandbox disk full',
    heading: 'The disk of your sandbox is full',
    action: 'Start it again',
    resetHelps: true,
  },
  'host.disk-full': { bar: 'Server disk full', heading: 'The server has no disk space left' },
  'sandbox.limit': { bar: 'No sandbox free', heading: 'All sandboxes are in use' },
  'sandbox.stopped': { bar: 'Sandbox stopped', heading: 'Your sandbox was stopped', action: 'Start' },
  'sandbox.image-missing': { bar: 'Sandbox failed', heading: 'The lab is not set up completely' },
  'engine.unreachable': { bar: 'Engine out of reach', heading: 'The server’s Docker Engine does not answer' },
  'egress.unavailable': { bar: 'No internet', heading: 'The sandbox has no way to the internet' },
  'store.failed': { bar: 'Sandbox failed', heading: 'The server could not save what it has to' },
  'lesson.invalid': { bar: 'Lesson broken', heading: 'This lesson is broken' },
};

/** What stands around the server's own words for a failure. */
export function failureWords(code: string): FailureWords {
  const known = Object.hasOwn(failures, code) ? failures[code as ErrorCode] : undefined;
  return {
    bar: 'Sandbox failed',
    heading: 'There is no sandbox right now',
    action: 'Retry',
    resetHelps: false,
    ...known,
  };
}
