import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** The profile's name, which is what the engine is told. */
export const profileName = 'drydock-sandbox';

/** Where a system keeps its profiles, so that this one is loaded again when the machine starts. */
export const installedProfile = `/etc/apparmor.d/${profileName}`;

/** The shipped profile for a parser of this version (`4.1.0`, `3.0.8`): an older one does not know every rule. */
export async function readProfile(root: string, parserVersion: string): Promise<string> {
  return profileFor(await readFile(join(root, 'setup/apparmor', profileName), 'utf8'), parserVersion);
}

export function profileFor(text: string, parserVersion: string): string {
  if (Number.parseInt(parserVersion, 10) >= 4) return text;
  return text
    .split('\n')
    .filter((line) => !line.endsWith('# since 4.0'))
    .join('\n')
    .replace('abi <abi/4.0>', 'abi <abi/3.0>');
}

/** From `AppArmor parser version 4.1.0`. */
export function parserVersionOf(output: string): string | null {
  return /parser version (\d+(?:\.\d+)*)/.exec(output)?.[1] ?? null;
}
