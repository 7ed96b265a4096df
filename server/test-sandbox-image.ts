import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Config, parseConfig } from './config.ts';

/** The configuration of the lab that the set-up prepared: only where its data, its engine and Docker Hub are. */
export function mainLabConfig(): Config {
  const { DRYDOCK_DATA, DOCKER_HOST, DRYDOCK_HUB } = process.env;
  return parseConfig({ DRYDOCK_DATA, DOCKER_HOST, DRYDOCK_HUB }, { root: process.cwd() });
}

/**
 * The sandbox image that the set-up made, for tests on the real engine.
 * @throws when there is none: `npm test` and `npm run build` make it
 */
export function testSandboxImage(): string {
  const { dataDir } = mainLabConfig();
  const made = JSON.parse(readFileSync(join(dataDir, 'setup.json'), 'utf8')) as { sandboxImage: string };
  return made.sandboxImage;
}
