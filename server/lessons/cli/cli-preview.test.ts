import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { DrydockError } from '../../errors.ts';
import { fence, lessonSource } from '../lesson-fixture.ts';
import { runLessonsCli } from './cli.ts';
import type { PreviewRequest } from './cli-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'drydock-cli-preview-'));
/** What ships, for these tests: reading all lessons takes seconds. */
const shipped = mkdtempSync(join(tmpdir(), 'drydock-cli-preview-shipped-'));
afterAll(() => {
  for (const each of [folder, shipped]) rmSync(each, { recursive: true, force: true });
});
beforeAll(() => {
  for (const root of [folder, shipped]) {
    for (const name of ['one', 'two']) {
      mkdirSync(join(root, 'c', name), { recursive: true });
      writeFileSync(join(root, 'c', name, 'lesson.md'), lessonSource(`## Go\n\n${fence('sh run', 'ls')}\n`));
    }
    writeFileSync(join(root, 'c/course.yaml'), 'title: C\nsummary: S\naudience: A\nlessons: [one, two]\n');
  }
  writeFileSync(join(folder, 'c/two/lesson.md'), 'broken');
  mkdirSync(join(folder, 'empty'));
});

async function preview(argv: string[], failure?: Error) {
  const requests: PreviewRequest[] = [];
  const told = { out: '', err: '' };
  const code = await runLessonsCli(['preview', ...argv], {
    cwd: folder,
    shipped,
    out: (text) => {
      told.out += text;
    },
    err: (text) => {
      told.err += text;
    },
    preview: async (request) => {
      requests.push(request);
      if (failure !== undefined) throw failure;
    },
  });
  return { code, ...told, requests };
}

describe('lessons preview', () => {
  it('shows the shipped lessons, on any port, where nothing is said', async () => {
    const { code, requests } = await preview([]);
    expect(code).toBe(0);
    expect(requests).toMatchObject([{ directory: shipped, address: '', port: null, open: true }]);
  });

  it('shows a folder of courses, and begins at a lesson that is named, broken or not', async () => {
    const { requests } = await preview(['.', '--port', '4000', '--open', 'never']);
    expect(requests).toMatchObject([{ directory: folder, address: '', port: 4000, open: false }]);
    expect((await preview(['c/one'])).requests).toMatchObject([{ directory: folder, address: 'learn/c/one' }]);
    expect((await preview(['c/two'])).requests).toMatchObject([{ directory: folder, address: 'learn/c/two' }]);
  });

  it.each([
    [['nowhere'], 'There is no folder nowhere.'],
    [['empty'], 'There is no lesson in empty.'],
    [['c', 'empty'], 'one folder'],
    [['--port', 'web'], '--port web: allowed is a port number'],
    [['--port', '65536'], '--port 65536'],
    [['--open', 'always'], 'allowed is `auto` or `never`'],
    [['--prt', '1'], 'Did you mean `--port`?'],
    [['--port'], '--port'],
  ])('says what is wrong with %j, and ends with 2', async (argv, words) => {
    const { code, err, requests } = await preview(argv);
    expect(code).toBe(2);
    expect(err).toContain(words);
    expect(requests).toEqual([]);
  });

  it('says whether it was asked rightly without beginning', async () => {
    expect(await preview(['c', '--check'])).toMatchObject({ code: 0, requests: [], err: '', out: '' });
    expect(await preview(['nowhere', '--check'])).toMatchObject({ code: 2 });
  });

  it('ends with 1 and the reason when it cannot begin', async () => {
    const { code, err } = await preview([], new DrydockError('config.invalid', 'The port is taken.'));
    expect(code).toBe(1);
    expect(err).toContain('The port is taken.');
    expect(err).not.toContain('    at ');
  });

  it('is in the help', async () => {
    expect((await preview(['--help'])).out).toContain('preview [DIR] [--port N] [--open never]');
  });
});
