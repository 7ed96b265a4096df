import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';

/** From where a level above debug is called to the end of the call's statement. */
const calls = /[lL]ogger\.(?:info|warn|error|fatal)\((?:[^;]|;(?!\n))*?;\n/g;

function sources(): string[] {
  return readdirSync('server', { recursive: true, encoding: 'utf8' }).filter(
    (file) => file.endsWith('.ts') && !file.endsWith('.test.ts'),
  );
}

function leaks(source: string): string[] {
  return (source.match(calls) ?? []).filter((call) =>
    /describeError|\.message\b|\.stack\b|\{ (?:error|cause) \}/.test(call),
  );
}

test('a log from info on takes errors through errorForLog, never their words as they are', () => {
  const found = sources().flatMap((file) =>
    leaks(readFileSync(join('server', file), 'utf8')).map((call) => [file, call]),
  );
  expect(found).toEqual([]);
});

test('such a call is found', () => {
  expect(leaks("  logger.warn({ error: describeError(error) }, 'x');\n")).toHaveLength(1);
  expect(leaks("  this.#options.logger.error(\n    { id, error: error.message },\n    'x',\n  );\n")).toHaveLength(1);
  expect(leaks("  engine.logger.warn({ error }, 'x');\n")).toHaveLength(1);
  expect(
    leaks("  logger.debug({ error: describeError(error) }, 'x');\n  logger.info(errorForLog(error), 'x');\n"),
  ).toEqual([]);
});
