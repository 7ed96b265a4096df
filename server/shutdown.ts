import { errorForLog } from './errors.ts';
import type { Logger } from './logger.ts';

export interface ShutdownStep {
  name: string;
  run: () => Promise<void> | void;
}

/**
 * Runs the steps in order, each whatever became of the one before, and never longer than `deadlineMs` in all.
 * Resolves to the names of steps that failed or were not finished.
 */
export async function shutDown(
  steps: ShutdownStep[],
  options: { deadlineMs: number; logger: Logger },
): Promise<string[]> {
  const failed: string[] = [];
  const deadline = performance.now() + options.deadlineMs;
  for (const step of steps) {
    const left = Math.max(0, deadline - performance.now());
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error('took too long')), left);
    });
    try {
      await Promise.race([Promise.resolve().then(() => step.run()), late]);
    } catch (error) {
      failed.push(step.name);
      options.logger.warn({ step: step.name, ...errorForLog(error) }, 'a step of the shutdown failed');
    } finally {
      clearTimeout(timer);
    }
  }
  return failed;
}
