import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { LessonsCommand } from './cli-command.ts';
import { show } from './cli-targets.ts';
import { schemaFiles } from './json-schema.ts';
import { withReference } from './render-reference.ts';

export const referenceCommand: LessonsCommand = {
  name: 'reference',
  synopsis: [''],
  summary: 'brings the tables in lessons/README.md and the schemas in public/schema up to date.',
  run: async (argv, io, usage) => {
    if (argv.length > 0) {
      io.err(`reference takes nothing more; there is \`${argv.join(' ')}\`.\n\n${usage}`);
      return 2;
    }
    const path = join(io.shipped, 'README.md');
    const text = withReference(await readFile(path, 'utf8'));
    await writeFile(path, text);
    const schemas = join(io.shipped, '../public/schema');
    await mkdir(schemas, { recursive: true });
    for (const { name, text } of schemaFiles()) await writeFile(join(schemas, name), text);
    io.out(`The tables in ${show(path, io.cwd)} and the schemas in ${show(schemas, io.cwd)} are up to date.\n`);
    return 0;
  },
};
