import { describe, expect, test } from 'vitest';
import { isBusy, ShellTracker } from './shell-tracker.ts';

function track(nonce = 'secret') {
  const news: string[] = [];
  const tracker = new ShellTracker(nonce, {
    onPhase: (phase) => news.push(phase),
    onCommandStarted: (command) => news.push(`started ${command}`),
    onCommandEnded: ({ command, exitCode, cwd }) => news.push(`ended ${command} ${exitCode} ${cwd}`),
  });
  let seq = 0;
  const say = (text: string, liveFrom = 0) => {
    tracker.push(seq, Buffer.from(text), liveFrom);
    seq += Buffer.byteLength(text);
  };
  return { tracker, news, say };
}

const report = (text: string) => `\x1b]633;${text}\x07`;

describe('ShellTracker', () => {
  test('tells of a command from its line to its exit code, with the folder it was typed in', () => {
    const { news, say, tracker } = track();
    say(report('P;Cwd=/root') + report('A') + report('B'));
    say(report('E;cd /tmp;secret') + report('C'));
    expect(isBusy(tracker.phase)).toBe(true);
    say(report('D;0') + report('P;Cwd=/tmp') + report('A') + report('B'));
    expect(isBusy(tracker.phase)).toBe(false);
    expect(tracker.cwd).toBe('/tmp');
    expect(news).toEqual(['prompt', 'input', 'started cd /tmp', 'running', 'ended cd /tmp 0 /root', 'prompt', 'input']);
  });

  test('a command line without the nonce is not believed', () => {
    const { news, say } = track();
    say(report('A') + report('B'));
    say(report('E;docker run web;wrong') + report('C') + report('D;0'));
    say(report('E;docker run web') + report('C') + report('D;0'));
    expect(news.filter((item) => item.startsWith('started') || item.startsWith('ended'))).toEqual([]);
  });

  test('a program cannot end its own command once the shell signs what it says', () => {
    const { news, say, tracker } = track();
    say(report('D;0;secret') + report('A') + report('B'));
    say(report('E;cat evil;secret') + report('C'));
    say(report('D;0') + report('D;0;guess'));
    expect(isBusy(tracker.phase)).toBe(true);
    say(report('D;7;secret'));
    expect(news.filter((item) => item.startsWith('ended'))).toEqual(['ended cat evil 7 null']);
  });

  test('a program cannot put words into the mouth of the shell while it runs', () => {
    const { news, say } = track();
    say(report('E;sleep 1;secret') + report('C') + report('E;rm;secret') + report('C') + report('D;0'));
    expect(news.filter((item) => item.startsWith('started'))).toEqual(['started sleep 1']);
  });

  test('history tells whether something runs, but is no news', () => {
    const { news, say, tracker } = track();
    const past =
      report('A') +
      report('B') +
      report('E;ls;secret') +
      report('C') +
      report('D;0') +
      report('A') +
      report('B') +
      report('E;top;secret') +
      report('C');
    say(past, Buffer.byteLength(past));
    expect(tracker.phase).toBe('running');
    expect(news.filter((item) => item.includes(' '))).toEqual([]);
    say(report('D;130'), Buffer.byteLength(past));
    expect(news.filter((item) => item.includes(' '))).toEqual(['ended top 130 null']);
  });

  test('knows nothing of a shell that does not report', () => {
    const { tracker, say } = track();
    say('$ ls\r\n');
    expect(isBusy(tracker.phase)).toBeNull();
    tracker.submitted();
    expect(isBusy(tracker.phase)).toBeNull();
  });
});
