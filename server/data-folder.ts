import { accessSync, constants, mkdirSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { DrydockError } from './errors.ts';

/**
 * Makes the data folder, with the folders above it, and sees that it can be written. Step by step, because Node's
 * recursive mkdir never returns where a file system refuses new folders as /proc does.
 * @throws config.invalid naming DRYDOCK_DATA, its value and what is allowed
 */
export function makeDataFolder(dataDir: string): void {
  try {
    makeFolder(dataDir);
    accessSync(dataDir, constants.W_OK);
  } catch (cause) {
    throw new DrydockError(
      'config.invalid',
      `The configuration cannot be used. DRYDOCK_DATA=${JSON.stringify(dataDir)}: allowed is a folder that can be made and written.`,
      { cause },
    );
  }
}

function makeFolder(path: string): void {
  if (statSync(path, { throwIfNoEntry: false })?.isDirectory() === true) return;
  const parent = dirname(path);
  if (parent !== path) makeFolder(parent);
  mkdirSync(path, { mode: 0o700 });
}
