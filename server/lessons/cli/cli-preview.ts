import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { describeError } from '../../errors.ts';
import type { LessonsCliIo, LessonsCommand, PreviewRequest } from './cli-command.ts';
import { failureText, unknownOption } from './cli-options.ts';
import { findLessons } from './cli-targets.ts';

export const previewCommand: LessonsCommand = {
  name: 'preview',
  synopsis: ['[DIR] [--port N] [--open never]'],
  summary:
    'shows lessons in the browser as learners see them, in a lab of its own, anew whenever a file is saved; problems and the state of every check stand beside the text. DIR is a folder of courses, a course or a lesson. It listens on this machine alone, whatever HOST says. Ctrl-C ends it and removes what it made.',
  run: async (argv, io, usage) => {
    const request = await readRequest(argv, io);
    if (request === null) return 2;
    if (typeof request === 'string') {
      io.err(`${request}\n\n${usage}`);
      return 2;
    }
    if (request.check) return 0;
    if (io.preview === undefined) {
      io.err('There is no preview here.\n');
      return 2;
    }
    try {
      await io.preview(request);
      return 0;
    } catch (error) {
      io.err(failureText(error));
      return 1;
    }
  },
};

const options = ['--port', '--open'];

/** `check`: only whether it was asked rightly, before a long set-up; setup/bootstrap.mjs adds it. */
type Asked = PreviewRequest & { check: boolean };

/** @returns words when it cannot be understood; null when the folder is none, and that has been said */
async function readRequest(argv: readonly string[], io: LessonsCliIo): Promise<Asked | string | null> {
  const read = readOptions(argv);
  if (typeof read === 'string') return read;
  const { folders, port, open, check } = read;
  if (folders.length > 1) return `preview shows one folder; there are ${folders.length}: ${folders.join(', ')}.`;
  const [folder] = folders;
  const target = await findLessons(folder === undefined ? io.shipped : resolve(io.cwd, folder), io);
  if (target === null) return null;
  return {
    directory: target.root,
    address: target.lessons.length === 1 ? `learn/${target.lessons[0]?.id}` : '',
    port,
    open,
    check,
  };
}

function readOptions(
  argv: readonly string[],
): { folders: string[]; port: number | null; open: boolean; check: boolean } | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: { port: { type: 'string' }, open: { type: 'string' }, check: { type: 'boolean' } },
    });
    const { port, open = 'auto', check = false } = values;
    if (port !== undefined && !(/^\d{1,5}$/.test(port) && Number(port) <= 65_535))
      return `--port ${port}: allowed is a port number, 0 to 65535; 0 takes any free one.`;
    if (open !== 'auto' && open !== 'never') return `--open ${open}: allowed is \`auto\` or \`never\`.`;
    return { folders: positionals, port: port === undefined ? null : Number(port), open: open === 'auto', check };
  } catch (error) {
    return unknownOption('preview', argv, options) ?? describeError(error);
  }
}
