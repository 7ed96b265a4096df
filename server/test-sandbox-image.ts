import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseConfig } from './config.ts';

/**
 * The sandbox image that the set-up made, for tests on the real engine.
 * @throws when there is none: `npm test` and `npm run build` make it
 */
export function testSandboxImage(): string {
  const { dataDir } = parseConfig({}, { root: process.cwd() });
  const made = JSON.parse(readFileSync(join(dataDir, 'setup.json'), 'utf8')) as { sandboxImage: string };
  return made.sandboxImage;
}
