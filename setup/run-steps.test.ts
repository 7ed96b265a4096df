import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { Progress } from '../server/progress.ts';
import { runSteps, type Step, StepFailure } from './run-steps.ts';

function lines(): { progress: Progress; text: () => string } {
  let written = '';
  const write = (text: string): void => {
    written += text;
  };
  const progress = new Progress({ write, isTTY: false, columns: 80 });
  return { progress, text: () => written };
}

function step(id: string, needs: string[], more: Partial<Step> = {}): Step {
  return { id, title: id, needs, check: async () => false, run: async () => undefined, ...more };
}

const signal = new AbortController().signal;

describe('runSteps', () => {
  it('does each step after those it needs, whatever their order in the list', async () => {
    const order: string[] = [];
    const noting = (id: string, needs: string[]): Step => step(id, needs, { run: async () => void order.push(id) });
    const ran = await runSteps([noting('c', ['b']), noting('b', ['a']), noting('a', [])], lines().progress, { signal });
    expect(order).toEqual(['a', 'b', 'c']);
    expect(ran).toEqual(['a', 'b', 'c']);
  });

  it('skips what is there without a word', async () => {
    const { progress, text } = lines();
    const done = step('done', [], { check: async () => true, run: () => Promise.reject(new Error('was run')) });
    expect(await runSteps([done], progress, { signal })).toEqual([]);
    expect(text()).toBe('');
  });

  it('checks a step only once those it needs are done', async () => {
    let made = false;
    const first = step('first', [], {
      run: async () => {
        await sleep(10);
        made = true;
      },
    });
    const second = step('second', ['first'], { check: async () => made });
    expect(await runSteps([second, first], lines().progress, { signal })).toEqual(['first']);
  });

  it('runs independent steps side by side, within the limit', async () => {
    let running = 0;
    let most = 0;
    const run = async (): Promise<void> => {
      running += 1;
      most = Math.max(most, running);
      await sleep(20);
      running -= 1;
    };
    const steps = ['a', 'b', 'c', 'd'].map((id) => step(id, [], { run }));
    await runSteps(steps, lines().progress, { signal, parallel: 2 });
    expect(most).toBe(2);
  });

  it('names the step that failed, ends the others and starts no more', async () => {
    const { progress, text } = lines();
    let ended = false;
    const steps = [
      step('slow', [], {
        run: async (_tell, stop) => {
          await sleep(60_000, undefined, { signal: stop }).catch(() => {
            ended = true;
          });
          stop.throwIfAborted();
        },
      }),
      step('bad', [], { run: () => Promise.reject(new Error('no room')) }),
      step('later', ['slow'], { run: () => Promise.reject(new Error('was started')) }),
    ];
    const failure = await runSteps(steps, progress, { signal }).catch((error: unknown) => error);
    expect(failure).toBeInstanceOf(StepFailure);
    expect(failure).toMatchObject({ step: 'bad', message: 'bad: no room' });
    expect(ended).toBe(true);
    expect(text()).toContain('✗ bad');
    expect(text()).not.toContain('✗ slow');
  });

  it('ends when it is interrupted from outside', async () => {
    const abort = new AbortController();
    const waiting = step('waiting', [], {
      run: async (_tell, stop) => void (await sleep(60_000, undefined, { signal: stop })),
    });
    const ended = runSteps([waiting], lines().progress, { signal: abort.signal });
    abort.abort();
    await expect(ended).rejects.toThrow(StepFailure);
  });
});
