import { realpathSync } from 'node:fs';
import { createInterface } from 'node:readline/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { parseConfig } from '../config.ts';
import { DrydockError, describeError, toErrorBody } from '../errors.ts';
import type { ListedSandbox } from './listed-sandbox.ts';
import { type LabOperator, operatorOf } from './operator-client.ts';
import { renderSandboxes } from './render-sandboxes.ts';

export interface SandboxesCliIo {
  /** @throws operator.not-running */
  operator: () => Promise<LabOperator>;
  out: (text: string) => void;
  err: (text: string) => void;
  /** Asks a person; null: there is none. */
  ask: ((question: string) => Promise<string>) | null;
  now: () => number;
}

const usage = `Usage: npm run sandboxes [-- list] [--json]
       npm run sandboxes -- stop ID [--json]
       npm run sandboxes -- remove ID [--without-files] [--yes] [--json]

  list    owner, state, age, last use, memory, CPU and disk of every sandbox
  stop    ends one, its containers first: files, images, volumes and containers are
          kept, and its learner's next request starts it
  remove  ends one for good: its files are kept as an archive that its learner can
          download or restore; images, volumes and containers are gone. Asks first;
          --yes: does not. --without-files: the files go too, for those that cannot
          be archived and for sandboxes the lab's database does not know.

ID may be cut short as long as only one sandbox begins like that. --json: for
programs. Ends with 0 when it is done, 1 when it could not be done, 2 when it was
asked wrongly.
`;

interface Wanted {
  action: 'list' | 'stop' | 'remove';
  id: string;
  json: boolean;
  yes: boolean;
  files: 'keep' | 'discard';
}

/** @returns the exit status */
export async function runSandboxesCli(argv: readonly string[], io: SandboxesCliIo): Promise<number> {
  const wanted = read(argv);
  if (wanted === 'help') {
    io.out(usage);
    return 0;
  }
  if (typeof wanted === 'string') {
    io.err(`${wanted}\n\n${usage}`);
    return 2;
  }
  try {
    return await run(wanted, io);
  } catch (error) {
    if (wanted.json) io.out(`${JSON.stringify({ ok: false, error: toErrorBody(error) }, null, 2)}\n`);
    else io.err(`${error instanceof DrydockError ? `${error.message} (${error.code})` : describeError(error)}\n`);
    return 1;
  }
}

async function run({ action, id, json, yes, files }: Wanted, io: SandboxesCliIo): Promise<number> {
  const operator = await io.operator();
  const sandboxes = await operator.list();
  if (action === 'list') {
    io.out(json ? `${JSON.stringify({ sandboxes }, null, 2)}\n` : renderSandboxes(sandboxes, io.now()));
    return 0;
  }
  const sandbox = theOne(sandboxes, id);
  if (action === 'remove' && !yes) {
    if (io.ask === null) {
      io.err(
        `Nobody can be asked here whether ${sandbox.id} shall really be removed. Add --yes to do it without asking.\n`,
      );
      return 2;
    }
    const owner = sandbox.learner === null ? 'It belongs to nobody yet.' : `It belongs to learner ${sandbox.learner}.`;
    const kept =
      files === 'discard'
        ? 'Everything in it goes, files too.'
        : 'Files are kept as an archive; images, volumes and containers go.';
    const answer = await io.ask(`Remove sandbox ${sandbox.id}? ${owner} ${kept} [y/N] `);
    if (!/^y(es)?$/i.test(answer.trim())) {
      io.err('Nothing was changed.\n');
      return 1;
    }
  }
  await (action === 'stop' ? operator.stop(sandbox.id) : operator.remove(sandbox.id, files));
  const done = action === 'stop' ? 'is stopped' : 'is removed';
  io.out(json ? `${JSON.stringify({ ok: true, id: sandbox.id }, null, 2)}\n` : `Sandbox ${sandbox.id} ${done}.\n`);
  return 0;
}

/** The sandbox whose id is, or begins with, this. @throws DrydockError sandbox.none, request.malformed */
function theOne(sandboxes: readonly ListedSandbox[], id: string): ListedSandbox {
  const exact = sandboxes.find((sandbox) => sandbox.id === id);
  const fitting = exact === undefined ? sandboxes.filter((sandbox) => sandbox.id.startsWith(id)) : [exact];
  const [first] = fitting;
  if (first === undefined) {
    throw new DrydockError('sandbox.none', `There is no sandbox ${id}. \`npm run sandboxes\` lists all.`);
  }
  if (fitting.length > 1) {
    const some = fitting.slice(0, 5).map((sandbox) => sandbox.id);
    throw new DrydockError(
      'request.malformed',
      `${fitting.length} sandboxes begin with ${id}: ${some.join(', ')}${fitting.length > 5 ? ', …' : ''}. Give more of the id.`,
    );
  }
  return first;
}

/** What is wanted, or in words what is wrong with the question. */
function read(argv: readonly string[]): Wanted | string {
  let parsed: { values: Record<string, boolean | undefined>; positionals: string[] };
  try {
    const boolean = { type: 'boolean' } as const;
    parsed = parseArgs({
      args: [...argv],
      options: { json: boolean, yes: boolean, 'without-files': boolean, help: { ...boolean, short: 'h' } },
      allowPositionals: true,
    });
  } catch (error) {
    return describeError(error);
  }
  const { values, positionals } = parsed;
  const [action = 'list', id, ...rest] = positionals;
  if (values.help === true || action === 'help') return 'help';
  if (action !== 'list' && action !== 'stop' && action !== 'remove') return `There is no command \`${action}\`.`;
  const others = action === 'list' ? positionals.slice(1) : rest;
  if (others.length > 0) return `\`${others.join(' ')}\` is one word too many for ${action}.`;
  for (const option of ['yes', 'without-files']) {
    if (values[option] === true && action !== 'remove') return `--${option} means nothing for ${action}.`;
  }
  if (action !== 'list' && (id === undefined || !/^[a-z0-9]{1,32}$/.test(id))) {
    return id === undefined
      ? `${action} needs the ID of a sandbox.`
      : `\`${id}\` is no ID: it has small letters and digits.`;
  }
  return {
    action,
    id: id ?? '',
    json: values.json === true,
    yes: values.yes === true,
    files: values['without-files'] === true ? 'discard' : 'keep',
  };
}

function isMain(): boolean {
  const [, script] = process.argv;
  return script !== undefined && realpathSync(script) === fileURLToPath(import.meta.url);
}

async function askPerson(question: string): Promise<string> {
  const lines = createInterface({ input: process.stdin, output: process.stderr });
  try {
    return await lines.question(question);
  } finally {
    lines.close();
  }
}

if (isMain()) {
  process.exitCode = await runSandboxesCli(process.argv.slice(2), {
    // biome-ignore lint/style/noProcessEnv: the one place that hands the environment to the configuration
    operator: () => operatorOf(parseConfig(process.env, { root: fileURLToPath(new URL('../..', import.meta.url)) })),
    out: (text) => process.stdout.write(text),
    err: (text) => process.stderr.write(text),
    ask: process.stdin.isTTY ? askPerson : null,
    now: Date.now,
  });
}
