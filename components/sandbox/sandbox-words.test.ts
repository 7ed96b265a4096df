import { describe, expect, it } from 'vitest';
import type { SandboxStatus } from '../../protocol/sandbox.ts';
import { failureWords, restOf, sandboxWords } from './sandbox-words.ts';

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
    const others: SandboxStatus[] = [
      { state: 'none' },
      { state: 'starting', stage: 'queued', since: now },
      { state: 'resetting', since: now },
      { state: 'failed', since: now, error: { code: 'sandbox.failed', message: '' } },
    ];
    expect(others.map((each) => restOf(each, now))).toEqual([null, null, null, null]);
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
