import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect, test } from 'vitest';
import { importSource, sourceFolder } from './source-fixture.ts';

const steps = [
  { title: 'Pull it', text: 'pull.md', verify: 'pull.sh', background: 'volume.sh' },
  { title: 'Run it', text: 'run.md', verify: 'run.sh' },
];
const assets = { host01: [{ file: 'note.txt', target: '/root' }] };
/** Longer than a check may be, so that it becomes a file. */
const filler = '# and so on\n'.repeat(400);

test('a scenario that is translated whole can be played to its end', async () => {
  const folder = await sourceFolder({
    'index.json': JSON.stringify({ title: 'Tea', details: { steps, assets } }),
    'pull.md': 'Do it: `docker pull busybox`{{exec}}\n',
    'pull.sh': '#!/bin/bash\nset -e\n[[ -n "$(docker volume ls -q)" ]]\ndocker image inspect busybox > /dev/null\n',
    'volume.sh': 'docker volume create tea\n',
    'run.md': '```\ndocker run --name tea -v tea:/tea -v $PWD:/work busybox cp /work/note.txt /tea/\n```{{exec}}\n',
    'run.sh': `#!/bin/bash\n${filler}[ "$(docker inspect -f '{{.State.Status}}{{.State.ExitCode}}' tea)" = exited0 ]\n`,
    'assets/note.txt': 'a note\n',
  });
  expect(await importSource(folder)).toMatchObject({ status: 0, lost: [], errors: [] });
  // A process of its own, as an author has it: the linter's folder may not reach for the player.
  const argv = ['--import', 'tsx', 'server/lessons/cli/cli.ts', 'test', join(folder, 'out'), '--json'];
  const { stdout } = await promisify(execFile)(process.execPath, argv, { maxBuffer: 16 * 1024 * 1024 }).catch(
    (error: { stdout: string; stderr: string }) => {
      throw new Error(`the lesson did not pass: ${error.stderr}\n${error.stdout}`);
    },
  );
  expect(JSON.parse(stdout)).toMatchObject({ passed: 1, failed: 0, lessons: [{ failures: [] }] });
}, 240_000);
