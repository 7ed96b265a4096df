import { createContext, Script } from 'node:vm';
import { DrydockError } from '../errors.ts';

/** A command that is matched is cut here: nobody types more, and a paste must not cost time. */
export const longestCommand = 2048;

/** A file or answer that is matched is cut here. */
const longestText = 1024 * 1024;

/** Milliseconds for all texts of one check. */
const limitMs = 100;

/** On a busy machine the time may go by while others have the processor: then it is tried again, so often in all. */
const mostTries = 5;

const sandbox = createContext(Object.create(null) as object);
const script = new Script('{ const re = new RegExp(pattern, flags); texts.map((text) => re.test(text)); }');

/**
 * Which texts match. Both pattern and texts may be anybody's, and a pattern can take exponential time; node
 * cuts a script short even inside a regular expression, so nobody keeps the server busy for long.
 * @throws check.timeout
 */
export function testPattern(pattern: string, texts: readonly string[], flags = 'm'): boolean[] {
  Object.assign(sandbox, { pattern, flags, texts: texts.map((text) => text.slice(0, longestText)) });
  for (let tries = 1; ; tries += 1) {
    const before = process.cpuUsage();
    try {
      return Array.from(script.runInContext(sandbox, { timeout: limitMs }) as boolean[]);
    } catch (error) {
      // Not `instanceof Error`: it may be of another realm.
      if ((error as { code?: unknown }).code !== 'ERR_SCRIPT_EXECUTION_TIMEOUT') throw error;
      const { user, system } = process.cpuUsage(before);
      if (tries < mostTries && user + system < (limitMs * 1000) / 2) continue;
      throw new DrydockError(
        'check.timeout',
        'Comparing with this check’s pattern takes too long, so Drydock stopped. This is a fault of the lesson, not yours. Whoever wrote it should make the pattern simpler.',
        { cause: error },
      );
    }
  }
}
