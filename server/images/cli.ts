import { realpathSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { nearestWord } from '../checks/nearest-word.ts';
import { DrydockError, describeError, toErrorBody } from '../errors.ts';
import { renderUsage } from '../lessons/cli-command.ts';
import { unknownOption } from '../lessons/cli-options.ts';
import { Progress } from '../progress.ts';
import { bundleCommand, loadCommand } from './cli-bundle.ts';
import { type Asked, type ImagesCliIo, type ImagesCommand, troubleText } from './cli-command.ts';
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
  'IMAGE is a folder of images/ or a name as in `docker pull`. Without build or pull the lab makes what its lessons need by itself, from Docker Hub where that answers. --json: for programs. Ends with 0 when all is well, 1 when something is wrong with an image, 2 when it was asked wrongly, 130 when it was interrupted.',
);

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
    io.err(`There is no command \`${name}\`.${near ? ` Did you mean \`${near}\`?` : ''}\n\n${usage}`);
    return 2;
  }
  const asked = read(command, rest);
  if (typeof asked === 'string') {
    io.err(`${asked}\n\n${usage}`);
    return 2;
  }
  // Only whether it was asked rightly, before a long set-up; setup/bootstrap.mjs adds it.
  if (asked.options.has('--check')) return 0;
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

function isMain(): boolean {
  const [, script] = process.argv;
  return script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url);
}

if (isMain()) {
  const abort = new AbortController();
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (!abort.signal.aborted) process.stderr.write('\nStopping; what is half made is being removed.\n');
      abort.abort();
    });
  }
  // `list | head` reads as much as it wants.
  for (const stream of [process.stdout, process.stderr]) {
    stream.on('error', (error: NodeJS.ErrnoException) => {
      if (error.code !== 'EPIPE') throw error;
      process.exit();
    });
  }
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
    signal: abort.signal,
    now: Date.now,
    // Only here: asking for help needs neither lessons nor an engine.
    open: async () => (await import('./cli-images.ts')).openImages(around),
    load: async (file, following) => (await import('./cli-images.ts')).loadFrom(around, file, following),
  });
  // A connection that somebody forgot must not keep a command that is done; what is written is out by then.
  setTimeout(() => process.exit(), 3_000).unref();
}
