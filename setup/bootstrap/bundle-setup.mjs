import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';

/**
 * The set-up as one file of JavaScript. Made anew each time, in a tenth of a second; translating its modules one
 * by one while they load would take every start half a second more.
 * @param {string} root
 * @returns {string} its path
 */
export function bundleSetup(root) {
  // Not imported at the top: it is not there before the npm packages are.
  const { buildSync } = createRequire(import.meta.url)('esbuild');
  const file = join(root, 'dist', 'setup.js');
  const { outputFiles } = buildSync({
    absWorkingDir: root,
    entryPoints: ['setup/main.ts'],
    bundle: true,
    write: false,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    sourcemap: 'inline',
    outfile: file,
  });
  mkdirSync(join(root, 'dist'), { recursive: true });
  // In one step, for another start may be reading it.
  writeFileSync(`${file}.${process.pid}`, outputFiles[0].contents);
  renameSync(`${file}.${process.pid}`, file);
  return file;
}
