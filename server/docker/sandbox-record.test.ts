import { expect, it } from 'vitest';
import { endOf, recordOf } from './sandbox-record.ts';

type State = Parameters<typeof endOf>[0];
const ended = { Running: false, FinishedAt: '2026-03-01T10:00:00.5Z', ExitCode: 0, OOMKilled: false } as State;

it('tells how and when a sandbox ended', () => {
  expect(endOf(ended)).toEqual({ at: Date.UTC(2026, 2, 1, 10, 0, 0, 500), exitCode: 0, outOfMemory: false });
  expect(endOf({ ...ended, ExitCode: 137, OOMKilled: true })).toMatchObject({ exitCode: 137, outOfMemory: true });
  // Memory ran out for some program of it long before it was stopped in order.
  expect(endOf({ ...ended, OOMKilled: true })).toMatchObject({ exitCode: 0, outOfMemory: false });
});

it('tells no end of one that runs or never ran', () => {
  expect(endOf({ ...ended, Running: true })).toBeNull();
  expect(endOf({ ...ended, FinishedAt: '0001-01-01T00:00:00Z' })).toBeNull();
});

type Listed = Parameters<typeof recordOf>[1];
const listed = {
  Names: ['/drydock-lab1-abcdefgh'],
  Labels: { 'drydock.sandbox': 'abcdefgh', 'drydock.spec': '0123456789abcdef' } as Record<string, string>,
  State: 'paused',
  Created: 1_000,
  ImageID: 'sha256:1',
} as Listed;

it('reads what the engine lists', () => {
  const record = { id: 'abcdefgh', learner: null, createdAt: 1_000_000, imageId: 'sha256:1' };
  expect(recordOf('lab1', listed)).toEqual({ ...record, state: 'paused', spec: '0123456789abcdef' });
  const older = { ...listed, State: 'removing', Labels: { 'drydock.sandbox': 'abcdefgh', 'drydock.learner': 'ada' } };
  expect(recordOf('lab1', older)).toEqual({ ...record, learner: 'ada', state: 'dead', spec: '' });
});

it('passes over what carries our labels and is no sandbox of this lab', () => {
  expect(recordOf('lab2', listed)).toBeNull();
  expect(recordOf('lab1', { ...listed, Labels: {} })).toBeNull();
});
