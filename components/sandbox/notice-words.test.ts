import { describe, expect, it } from 'vitest';
import type { SandboxNotice } from '../../protocol/sandbox.ts';
import { noticeWords, restoredWords, spokenNotice } from './notice-words.ts';

const now = Date.UTC(2026, 10, 21, 12, 0);
type Restarted = Extract<SandboxNotice, { kind: 'restarted' }>;
const restarted = (part: Partial<Restarted>): Restarted => ({
  kind: 'restarted',
  why: 'idle',
  stoppedAt: now - 60_000,
  running: [],
  ended: [],
  ...part,
});

describe('the words of a notice', () => {
  it('name what runs again, what does not, and the command that starts it', () => {
    const words = noticeWords(restarted({ running: ['web'], ended: ['db', 'cache'] }), now);
    expect(words.lists.map(({ names }) => names)).toEqual([['web']]);
    expect(words.command).toEqual({
      words: '2 containers do not run any more. To start them:',
      command: 'docker start db cache',
    });
  });

  it('offer no command when all run', () => {
    expect(noticeWords(restarted({ running: ['web'] }), now).command).toBeNull();
  });

  it('say where the rest is when there may be more names than were sent', () => {
    const ended = Array.from({ length: 20 }, (_, index) => `job-${index}`);
    expect(noticeWords(restarted({ ended }), now).command?.words).toContain('docker ps --all');
  });

  it('put nothing into a command that is no name of a container', () => {
    const words = noticeWords(restarted({ ended: ['web', '--help', 'a; rm -rf ~', '$(id)'] }), now);
    expect(words.command?.command).toBe('docker start web');
    expect(words.lists.flatMap(({ names }) => names)).toEqual(['--help', 'a; rm -rf ~', '$(id)']);
  });

  it('are read out with the names', () => {
    expect(spokenNotice(restarted({ why: 'room', ended: ['db'] }), now)).toMatch(
      /another learner needed the room.*does not run any more.*docker start db\./,
    );
  });
});

describe('restoredWords', () => {
  it('counts what came back, and says that the rest was there', () => {
    expect(restoredWords({ restored: 1, kept: [] })).toBe('One file is back.');
    expect(restoredWords({ restored: 1_200, kept: ['a'] })).toBe(
      '1,200 files are back. These were there already and differ, so your earlier version is beside each, with .restored after its name:',
    );
    expect(restoredWords({ restored: 0, kept: ['a'] })).toContain('No file was missing.');
  });
});
