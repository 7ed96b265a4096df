import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nearestWord } from '../checks/nearest-word.ts';
import { isMain, openCliProcess } from '../cli-process.ts';
import { DrydockError, describeError, toErrorBody } from '../errors.ts';
import { renderUsage } from '../lessons/cli/cli-command.ts';
import { unknownOption } from '../lessons/cli/cli-options.ts';
import { Progress } from '../progress.ts';
import { bundleCommand, loadCommand } from './cli-bundle.ts';
import { type Asked, type ImagesCliIo, type ImagesCommand, type LabOfFolder, troubleText } from './cli-command.ts';
import { listCommand } from './cli-list.ts';
import { buildCommand, pullCommand } from './cli-make.ts';
import { verifyCommand } from './cli-verify.ts';

/** In the order of the help. */
const commands: readonly ImagesCommand[] = [
  listCommand,
  buildCommand,
  pullCommand,
  verifyCommand,
  bundleCommand,
  loadCommand,
];

const usage = renderUsage(
  commands,
  'npm run images -- ',
  'IMAGE is a name as in `docker pull`, or a folder of images/. Without build or pull the lab makes its catalogue by itself, what lessons need first, from Docker Hub where that answers. --json: for programs. Ends with 0 when all is well, 1 when something is wrong with an image, 2 when it was asked wrongly, 130 when it was interrupted.',
);

const more = '`npm run images -- help` says more.\n';
const usageLine = `Usage: npm run images -- ${commands.map(({ name }) => name).join(' | ')}\n${more}`;

/** One command's own line: the whole help would push off the screen what was wrong. */
function shortUsage({ name, synopsis }: ImagesCommand): string {
  return `Usage: npm run images -- ${name} ${synopsis.join(' ')}\n${more}`;
}

/** Every data folder is a lab with images of its own: whoever forgot DRYDOCK_DATA would act on another one unawares. */
function labLine({ dataDir, isRunning }: LabOfFolder): string {
  return isRunning
    ? `For the lab that runs on the data folder ${dataDir}.\n`
    : `For the data folder ${dataDir}, on which no lab runs now. If yours was started with another DRYDOCK_DATA, give this command the same.\n`;
}

/** @returns the exit status */
export async function runImagesCli(argv: readonly string[], io: ImagesCliIo): Promise<number> {
  const [first] = argv;
  const [name, rest] = first === undefined || first === '--check' ? ['list', argv] : [first, argv.slice(1)];
  if (name === 'help' || argv.includes('--help') || argv.includes('-h')) {
    io.out(usage);
    return 0;
  }
  const command = commands.find((each) => each.name === name);
  if (command === undefined) {
    const near = nearestWord(
      name,
      commands.map((each) => each.name),
    );
    io.err(`There is no command \`${name}\`.${near ? ` Did you mean \`${near}\`?` : ''}\n${usageLine}`);
    return 2;
  }
  const asked = read(command, rest);
  if (typeof asked === 'string') {
    io.err(`${asked}\n${shortUsage(command)}`);
    return 2;
  }
  // Only whether it was asked rightly, and for which lab, before a long set-up; setup/bootstrap.mjs adds it.
  if (asked.options.has('--check')) {
    const lab = await io.lab();
    if (lab !== null) io.err(labLine(lab));
    return 0;
  }
  try {
    return await command.run(asked, io);
  } catch (error) {
    if (io.signal.aborted) {
      io.err('Interrupted. What was served stays served; the next run goes on from there.\n');
      return 130;
    }
    if (asked.options.has('--json')) io.out(`${JSON.stringify({ ok: false, error: toErrorBody(error) }, null, 2)}\n`);
    else io.err(troubleText(error));
    return error instanceof DrydockError && error.code === 'image.unknown' ? 2 : 1;
  } finally {
    io.progress.dispose();
  }
}

/** @returns words when it cannot be understood */
function read({ name, options, words }: ImagesCommand, argv: readonly string[]): Asked | string {
  const known = Object.fromEntries(
    [...options, '--check'].map((each) => [each.slice(2), { type: 'boolean' as const }]),
  );
  try {
    const { values, positionals } = parseArgs({ args: [...argv], options: known, allowPositionals: true });
    if (positionals.length < words.min) return `${name} needs ${words.what}.`;
    if (positionals.length > words.max)
      return `\`${positionals.slice(words.max).join(' ')}\` is one word too many for ${name}.`;
    return { words: positionals, options: new Set(Object.keys(values).map((each) => `--${each}`)) };
  } catch (error) {
    return unknownOption(name, argv, [...options, '--check']) ?? describeError(error);
  }
}

if (isMain(import.meta.url)) {
  const signal = openCliProcess({ stopping: '\nStopping; what is half made is being removed.\n' });
  const around = {
    root: fileURLToPath(new URL('../..', import.meta.url)),
    // biome-ignore lint/style/noProcessEnv: the one place that hands the environment to the configuration
    env: process.env,
  };
  process.exitCode = await runImagesCli(process.argv.slice(2), {
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    progress: new Progress({
      write: (text) => void process.stderr.write(text),
      isTTY: process.stderr.isTTY === true,
      columns: process.stderr.columns || 80, // some terminals say 0
    }),
    signal,
    now: Date.now,
    lab: async () => (await import('./lab-of-folder.ts')).labOfFolder(around),
    // Only here: asking for help needs neither lessons nor an engine.
    open: async () => (await import('./cli-images.ts')).openImages(around),
    load: async (file, following) => (await import('./cli-images.ts')).loadFrom(around, file, following),
  });
  // A connection that somebody forgot must not keep a command that is done; what is written is out by then.
  setTimeout(() => process.exit(), 3_000).unref();
}
