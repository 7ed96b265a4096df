import { describe, expect, it } from 'vitest';
import { maskLine, sameOutput } from './output-mask.ts';

describe('maskLine', () => {
  it.each([
    ['an id', '31a2fccdbb07  busybox', 'c10412459ef6 busybox'],
    ['a whole id', `${'a1'.repeat(32)}`, `${'0f'.repeat(32)}`],
    ['an id of a program', '1b4e28ba-2fa1-11d2-883f-0016d3cca427', 'f81d4fae-7dec-41d0-a765-00a0c91e6bf6'],
    ['an id of Swarm', 'x1c9q0zr2m4k  ingress', 'lk3j9d0a2bqe  ingress'],
    ['a digest', 'Digest: sha256:f3ac4cbf', `Digest: sha256:${'9b'.repeat(32)}`],
    ['how long it is up', 'web   Up 2 seconds', 'web  Up Less than a second'],
    ['how long it is up', 'web   Up About an hour', 'web  Up 59 minutes'],
    ['how long ago', 'Exited (0) 3 seconds ago', 'Exited (0) About a minute ago'],
    ['a time', 'started at 2026-11-21T20:11:12.123456789Z', 'started at 2027-01-02T03:04:05Z'],
    ['a date', 'Sat Nov 21 21:26:40 UTC 2026', 'Mon Jan  2 03:04:05 UTC 2027'],
    ['a time in a log', '[21/Nov/2026:21:26:40 +0000] GET /', '[02/Jan/2027:03:04:05 +0000] GET /'],
    ['a duration', ' => [2/3] RUN echo hello      1.5s', '=> [2/3] RUN echo hello   12.0s'],
    ['a size', 'busybox  2.03MB', 'busybox  988kB'],
    ['a use of memory', '7.629MiB / 1GiB', '940KiB / 1.5GiB'],
    ['an address', 'inet 172.17.0.2/16', 'inet 172.18.0.11/16'],
    ['a hardware address', 'ether 02:42:ac:11:00:02', 'ether 3a:5f:c2:99:ee:01'],
    ['a port', '0.0.0.0:32768->80/tcp', '0.0.0.0:49153->80/tcp'],
    ['a name nobody gave', 'c  angry_hopper', 'c  zen_lovelace3'],
    ['a health check', 'Up 3 seconds (health: starting)', 'Up 9 seconds (healthy)'],
    ['a table', '├── bin', '│   bin'],
  ])('takes %s for the same as another', (_what, one, other) => {
    expect(maskLine(one)).toBe(maskLine(other));
  });

  it.each([
    ['Up 2 seconds', 'Exited (0) 2 seconds ago'],
    ['Exited (0) 2 seconds ago', 'Exited (137) 2 seconds ago'],
    ['did not complete successfully: exit code: 1', 'did not complete successfully: exit code: 127'],
    ['web-1 exited with code 0', 'web-1 exited with code 137'],
    ['exit status 1', 'exit status 2'],
    ['Up 2 seconds (healthy)', 'Up 2 seconds (unhealthy)'],
    ['nginx', 'busybox'],
    ['my_volume', 'your_volume'],
    ['CACHED [2/3] RUN echo hello', '[2/3] RUN echo hello'],
  ])('tells %j from %j', (one, other) => {
    expect(maskLine(one)).not.toBe(maskLine(other));
  });

  it('is quick whatever it is given', () => {
    const began = Date.now();
    for (const piece of ['a', '1', '1.', 'a1', '1:', ' ', '#', '#.', '─', 'ab:', '-', '12 '])
      maskLine(piece.repeat(100_000));
    expect(Date.now() - began).toBeLessThan(3_000);
  });
});

describe('sameOutput', () => {
  it('does not mind the order, nor how often a line comes', () => {
    expect(sameOutput(['a 1', 'b'], ['b', 'a 2', 'a 3', ''], false)).toBe(true);
    expect(sameOutput(['a'], ['a', 'b'], false)).toBe(false);
    expect(sameOutput(['a', 'b'], ['a'], false)).toBe(false);
  });

  it('finds a part in the whole', () => {
    expect(sameOutput(['a'], ['a', 'b'], true)).toBe(true);
    expect(sameOutput(['c'], ['a', 'b'], true)).toBe(false);
  });

  it('passes over lines of a build that come and go', () => {
    expect(sameOutput(['[+] Building 1s', '=> x 0.1s'], ['=> => copying 2B', ' => x  3s'], false)).toBe(true);
  });
});
