import { describe, expect, it } from 'vitest';
import { failureWords, followSandbox, type PageSandbox, restOf, sandboxWords } from './sandbox-words.ts';

const now = Date.now();

describe('a sandbox at rest', () => {
  it('says who stopped it, and that everything is kept', () => {
    const stopped = (why: 'idle' | 'room' | 'operator') => restOf({ state: 'stopped', since: now, why }, now)?.words;
    expect(stopped('idle')).toMatch(/nobody used it.*are kept/);
    expect(stopped('room')).toMatch(/another learner needed the room.*are kept/);
    expect(stopped('operator')).toMatch(/whoever runs this lab.*are kept/);
  });

  it('offers the one thing that calls it', () => {
    expect(restOf({ state: 'paused', since: now }, now)).toMatchObject({ kind: 'paused', action: 'Go on' });
    expect(restOf({ state: 'stopped', since: now, why: 'idle' }, now)).toMatchObject({ action: 'Start' });
  });

  it('is not one that runs, starts or failed', () => {
    const others: PageSandbox[] = [
      { state: 'none' },
      { state: 'starting', stage: 'queued', since: now },
      { state: 'resetting', since: now },
      { state: 'failed', since: now, error: { code: 'sandbox.failed', message: '' } },
    ];
    expect(others.map((each) => restOf(each, now))).toEqual([null, null, null, null]);
  });
});

describe('a sandbox that is not there', () => {
  const since = now;

  it('was removed if the page knew it, and is asked for if it did not', () => {
    const known: PageSandbox[] = [
      { state: 'paused', since },
      { state: 'stopped', since, why: 'idle' },
      { state: 'failed', since, error: { code: 'sandbox.failed', message: '' } },
      { state: 'removed' },
    ];
    expect(known.map((each) => followSandbox(each, { state: 'none' }))).toEqual(
      known.map(() => ({ state: 'removed' })),
    );
    expect(followSandbox({ state: 'none' }, { state: 'none' })).toEqual({ state: 'none' });
    expect(followSandbox({ state: 'removed' }, { state: 'resetting', since }).state).toBe('resetting');
  });

  it('says that the files are kept, with a button', () => {
    expect(restOf({ state: 'removed' }, now)).toMatchObject({
      words: expect.stringMatching(/was removed.*your files are kept/),
      action: 'Start a new one',
    });
    expect(sandboxWords({ state: 'removed' })).toBe('Sandbox removed');
  });
});

describe('a failure', () => {
  it('has a heading of its own where one can do something about it', () => {
    expect(failureWords('sandbox.disk-full')).toMatchObject({ resetHelps: true, action: 'Start it again' });
    expect(failureWords('sandbox.limit').heading).toContain('in use');
    expect(failureWords('host.disk-full').heading).toContain('server');
  });

  it('has words for every other code too', () => {
    for (const code of ['internal', 'toString', 'no.such.code']) {
      expect(failureWords(code)).toMatchObject({ heading: 'There is no sandbox right now', action: 'Retry' });
    }
    expect(sandboxWords({ state: 'failed', since: now, error: { code: 'sandbox.disk-full', message: '' } })).toBe(
      'Sandbox disk full',
    );
  });
});
