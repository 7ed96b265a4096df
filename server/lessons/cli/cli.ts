import { execFile } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { nearestWord } from '../../checks/nearest-word.ts';
import { isMain, openCliProcess } from '../../cli-process.ts';
import { importCommand } from '../import/cli-import.ts';
import { type LessonsCliIo, type LessonsCommand, renderUsage } from './cli-command.ts';
import { lintCommand } from './cli-lint.ts';
import { newCommand } from './cli-new.ts';
import { previewCommand } from './cli-preview.ts';
import { referenceCommand } from './cli-reference.ts';
import { refreshCommand } from './cli-refresh.ts';
import { testCommand } from './cli-test.ts';

/** In the order of the help. */
const commands: readonly LessonsCommand[] = [
  newCommand,
  lintCommand,
  testCommand,
  refreshCommand,
  previewCommand,
  importCommand,
  referenceCommand,
];

const usage = renderUsage(commands);

/** @returns the exit status */
export async function runLessonsCli(argv: readonly string[], io: LessonsCliIo): Promise<number> {
  const [name, ...rest] = argv;
  if (name === undefined) {
    io.err(usage);
    return 2;
  }
  if (name === 'help' || argv.includes('--help') || argv.includes('-h')) {
    io.out(usage);
    return 0;
  }
  const command = commands.find((each) => each.name === name);
  if (command !== undefined) return command.run(rest, io, usage);
  const near = nearestWord(
    name,
    commands.map((each) => each.name),
  );
  io.err(`There is no command \`${name}\`.${near ? ` Did you mean \`${near}\`?` : ''}\n\n${usage}`);
  return 2;
}

if (isMain(import.meta.url)) {
  const signal = openCliProcess({ stopping: 'Stopping; what was made is being removed.\n' });
  const outputOf = (stream: NodeJS.WriteStream) => ({
    write: (text: string) => void stream.write(text),
    isTTY: stream.isTTY === true,
    get columns() {
      return stream.columns || 80; // some terminals say 0
    },
  });
  process.exitCode = await runLessonsCli(process.argv.slice(2), {
    cwd: process.cwd(),
    shipped: fileURLToPath(new URL('../../../lessons', import.meta.url)),
    images: fileURLToPath(new URL('../../../images', import.meta.url)),
    // biome-ignore lint/style/noProcessEnv: the one place that hands the environment to the configuration
    env: process.env,
    git: (argv) =>
      new Promise((resolve) => {
        // Somebody else's clone, as a CI often has it, is no reason to refuse. The program its configuration may name for
        // watching files is not started.
        const settings = ['-c', 'safe.directory=*', '-c', 'core.fsmonitor=false'];
        const options = { timeout: 20_000, maxBuffer: 16 * 1024 * 1024 };
        execFile('git', [...settings, ...argv], options, (error, stdout) => resolve(error ? null : stdout));
      }),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    play: async (request) => {
      // Only here: a whole server is loaded, and the linter has no use for it.
      const { playAndShow } = await import('../../lesson-player/player.ts');
      return playAndShow(request, {
        root: fileURLToPath(new URL('../../..', import.meta.url)),
        // biome-ignore lint/style/noProcessEnv: the one place that hands the environment to the configuration
        env: process.env,
        signal,
        out: outputOf(process.stdout),
        err: outputOf(process.stderr),
      });
    },
    preview: async (request) => {
      const { previewLessons } = await import('../../lesson-preview/preview.ts');
      await previewLessons(request, {
        root: fileURLToPath(new URL('../../..', import.meta.url)),
        // biome-ignore lint/style/noProcessEnv: the one place that hands the environment to the configuration
        env: process.env,
        isTerminal: process.stdout.isTTY === true,
        signal,
        out: (text) => process.stdout.write(text),
        err: (text) => process.stderr.write(text),
      });
    },
  });
  // A connection that somebody forgot must not keep a command that is done; what is written is out by then.
  setTimeout(() => process.exit(), 3_000).unref();
}
