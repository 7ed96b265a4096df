import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { mainLabConfig } from '../../test-sandbox-image.ts';
import type { Contract } from './contract.ts';

/**
 * Builds the project in `images/ID/example` in the sandbox, as a learner does, as `example`. @returns what the build
 * wrote
 */
export async function buildExample({ write, shell }: Contract, id: string): Promise<string> {
  const folder = join(mainLabConfig().root, 'images', id, 'example');
  for (const name of await readdir(folder)) {
    await write(`example/${name}`, await readFile(join(folder, name), 'utf8'));
  }
  return shell('docker build --progress plain --no-cache -t example example 2>&1');
}
