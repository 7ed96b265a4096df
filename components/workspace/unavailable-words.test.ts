import { describe, expect, it } from 'vitest';
import type { Preparation } from '../../protocol/preparation.ts';
import { LabError } from '../realtime/lab-connection.ts';
import { machineWords, unreachableWords } from './unavailable-words.ts';

const preparation = (kind: Preparation['kind'], state: Preparation['state']): Preparation => ({
  kind,
  state,
  step: 'two',
  done: 0,
  of: 2,
  doing: 'docker pull busybox',
  since: 0,
  message: null,
});
const paused = { state: 'paused', since: 0 } as const;

describe('unreachableWords', () => {
  it('tells a page that loads, a lost connection and a lesson that was refused apart', () => {
    const openError = new LabError({ code: 'lesson.invalid', message: 'The lesson is broken.' });
    expect(unreachableWords(false, false, { openError: null })).toMatch(/still loading/);
    expect(unreachableWords(true, false, { openError: null })).toMatch(/no connection/);
    expect(unreachableWords(true, true, { openError })).toBe('The lesson is broken.');
    expect(unreachableWords(true, true, { openError: null })).toBeNull();
  });
});

describe('machineWords', () => {
  it('lets a sandbox at rest be asked: it wakes', () => {
    expect(machineWords({ sandbox: paused, preparation: null })).toBeNull();
    expect(machineWords({ sandbox: { state: 'none' }, preparation: null })).toMatch(/still starting/);
  });

  it('says what the lab does in the sandbox, and lets go of it when that failed', () => {
    const words = (each: Preparation) => machineWords({ sandbox: paused, preparation: each });
    expect(words(preparation('setup', 'running'))).toMatch(/preparing this step/);
    expect(words(preparation('start-over', 'running'))).toMatch(/the earlier steps/);
    expect(words(preparation('setup', 'failed'))).toBeNull();
  });
});
