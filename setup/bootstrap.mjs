// The first thing `npm start` runs, on a machine where nothing but Node is there: plain JavaScript, no
// dependency. It installs the npm packages, hands over to setup/main.ts, then runs what was asked for.
//
//   node setup/bootstrap.mjs start | dev | build | test | doctor | bench | lessons | images | sandboxes [ARGUMENTS]
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundleSetup } from './bootstrap/bundle-setup.mjs';
import { ensureDependencies } from './bootstrap/dependencies.mjs';
import { nodeProblem } from './bootstrap/node-version.mjs';
import { runNode } from './bootstrap/run-node.mjs';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const tsx = ['--import', 'tsx'];

/**
 * Per command: the program, and what setup/main.ts is called with before it. Without `setup` it is called with the
 * command itself; null: not at all. `ask`: what the program is called with before that; unless it ends with 0, all ends.
 */
const commands = {
  start: { program: ['--enable-source-maps', 'dist/server.js'], mode: 'production' },
  dev: { program: [...tsx, 'server/index.ts'], mode: 'development' },
  build: {},
  test: {},
  doctor: {},
  bench: { program: [...tsx, 'bench/main.ts'], mode: 'production' },
  lessons: {
    setup: lessonsSetup,
    // What was asked wrongly is said at once, not after a set-up of minutes.
    ask: (/** @type {string[]} */ args) => (args[0] === 'preview' ? [...args, '--check'] : null),
    program: [...tsx, 'server/lessons/cli/cli.ts'],
    mode: 'production',
  },
  images: {
    setup: imagesSetup,
    ask: (/** @type {string[]} */ args) => [...args, '--check'],
    program: [...tsx, 'server/images/cli.ts'],
    mode: 'production',
  },
  // Looks at a lab that runs, or says that none does.
  sandboxes: { setup: () => null, program: [...tsx, 'server/operator/cli.ts'], mode: 'production' },
};

const [name = 'start', ...args] = process.argv.slice(2);
process.exitCode = await main();

async function main() {
  const problem = nodeProblem(process.versions.node, process.platform);
  if (problem !== null) {
    console.error(problem);
    return 1;
  }
  if (!Object.hasOwn(commands, name)) {
    console.error(`There is no command "${name}". There are: ${Object.keys(commands).join(', ')}.`);
    return 2;
  }
  const command = commands[name];
  if (!(await ensureDependencies(root))) return 1;
  const question = command.ask?.(args) ?? null;
  if (question !== null) {
    const code = await runNode(root, [...command.program, ...question], { NODE_ENV: command.mode });
    if (code !== 0 || isHelp(question)) return code;
  }
  const setup = command.setup === undefined ? [name, ...args] : command.setup(args);
  if (setup !== null) {
    const code = await runNode(root, ['--enable-source-maps', bundleSetup(root), ...setup], {});
    if (code !== 0 || command.program === undefined) return code;
  }
  return runNode(root, [...command.program, ...args], { NODE_ENV: command.mode });
}

/**
 * What `npm run lessons` stands on. Played, lessons need real sandboxes and no pages; the images they use are made
 * by what plays them. Shown, they need all of it. Linting needs nothing.
 * @param {string[]} args
 */
function lessonsSetup([first, ...rest]) {
  const folders = rest.filter((word) => !word.startsWith('-'));
  if (first === 'test') return ['lessons-test', ...folders];
  return first === 'preview' ? ['lessons-preview', ...folders] : null;
}

/**
 * What `npm run images` stands on. To make something takes the base and a registry; a bundle holds all that a lab is
 * made of; to load one, which brings that, takes an engine; to look takes what is there.
 * @param {string[]} args
 */
function imagesSetup([first]) {
  if (first === 'build' || first === 'pull') return ['images'];
  if (first === 'bundle') return ['images-bundle'];
  return first === 'load' ? ['engine'] : null;
}

/** @param {string[]} args */
function isHelp(args) {
  return args[0] === 'help' || args.includes('--help') || args.includes('-h');
}
