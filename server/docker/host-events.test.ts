import { expect, it } from 'vitest';
import { HostEventReader } from './host-events.ts';
import type { HostEvent } from './sandbox-host.ts';

function line(action: string, attributes: Record<string, string> = {}): string {
  const own = { name: 'drydock-lab1-abcdefgh', 'drydock.lab': 'lab1', 'drydock.sandbox': 'abcdefgh', ...attributes };
  return JSON.stringify({ Type: 'container', Action: action, Actor: { ID: 'c1', Attributes: own } });
}

function read(lines: [string, number?][]): { events: HostEvent[]; bad: number } {
  const events: HostEvent[] = [];
  let now = 0;
  let bad = 0;
  const reader = new HostEventReader(
    'lab1',
    () => now,
    (event) => events.push(event),
  );
  for (const [text, at] of lines) {
    now = at ?? now;
    if (!reader.read(text)) bad += 1;
  }
  return { events, bad };
}

it('tells of starts and deaths', () => {
  expect(read([[line('start')], [line('die', { exitCode: '137' })], [line('die', { exitCode: '' })]]).events).toEqual([
    { type: 'started', id: 'abcdefgh' },
    { type: 'died', id: 'abcdefgh', exitCode: 137, outOfMemory: false },
    { type: 'died', id: 'abcdefgh', exitCode: -1, outOfMemory: false },
  ]);
});

it('blames memory only for a death soon after it ran out', () => {
  const died = { type: 'died', id: 'abcdefgh', exitCode: 137 };
  const die = line('die', { exitCode: '137' });
  expect(
    read([
      [line('oom'), 1000],
      [die, 1500],
    ]).events,
  ).toEqual([{ ...died, outOfMemory: true }]);
  expect(
    read([
      [line('oom'), 1000],
      [die, 60_000],
    ]).events,
  ).toEqual([{ ...died, outOfMemory: false }]);
});

it('passes over other labs and names, and survives garbage', () => {
  const { events, bad } = read([
    [line('start', { 'drydock.lab': 'lab2' })],
    [line('start', { name: 'other' })],
    [''],
    ['{"Type":"container"'],
    ['null'],
    [JSON.stringify({ Type: 'network', Action: 'x' })],
    [line('exec_die')],
  ]);
  expect(events).toEqual([]);
  expect(bad).toBe(3);
});
