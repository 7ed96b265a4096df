// offline.cjs WORDS: asks npm's registry once whether it is there. Where it is not, fills the user's own npm cache from the
// shelf beside this file, and prints for `eval` what npm has to be told for `npm WORDS`. Prints nothing where it is.
const { connect } = require('node:net');
const fs = require('node:fs');
const { homedir } = require('node:os');
const { dirname, join, resolve } = require('node:path');

/** Milliseconds. A sandbox without internet says at once that it knows no such name. */
const patience = 500;
const words = process.argv.slice(2);
const plain = (name) => name.toLowerCase().replaceAll('_', '-');
const variables = new Map(Object.entries(process.env).map(([name, value]) => [plain(name), value]));

/** A setting of npm, from where npm takes it: command line, environment, the project's npmrc, the user's, the image's. */
function setting(name) {
  for (const [at, word] of words.entries()) {
    if (word === '--') break;
    if (word === `--${name}`) return words[at + 1];
    if (word.startsWith(`--${name}=`)) return word.slice(name.length + 3);
  }
  const said = variables.get(`npm-config-${name}`);
  if (said) return said;
  const user = variables.get('npm-config-userconfig') ?? join(homedir(), '.npmrc');
  for (const file of [join(project(), '.npmrc'), user, '/usr/local/etc/npmrc']) {
    const found = valueIn(file, name);
    if (found) return found;
  }
}

function valueIn(file, name) {
  try {
    for (const line of fs.readFileSync(file, 'utf8').split('\n')) {
      const [, key, value] = /^\s*([^;#=\s]+)\s*=\s*"?(.*?)"?\s*$/.exec(line) ?? [];
      if (key !== undefined && plain(key) === name)
        return value.replace(/\$\{(\w+)\}/g, (_, each) => process.env[each] ?? '');
    }
  } catch {
    // There is no such file, or it is not for this user; npm says so itself where that matters.
  }
}

/** The folder whose package.json npm takes. */
function project() {
  for (let folder = process.cwd(); ; folder = dirname(folder)) {
    if (['package.json', 'node_modules'].some((name) => fs.existsSync(join(folder, name)))) return folder;
    if (folder === dirname(folder)) return process.cwd();
  }
}

/** Copies what is not there yet. Names stand for contents, and a file is there in whole or not at all. */
function fill(from, to) {
  fs.mkdirSync(to, { recursive: true });
  for (const entry of fs.readdirSync(from, { withFileTypes: true })) {
    const [source, target] = [join(from, entry.name), join(to, entry.name)];
    if (entry.isDirectory()) fill(source, target);
    else if (!fs.existsSync(target)) {
      const half = `${target}.${process.pid}`;
      fs.copyFileSync(source, half);
      fs.renameSync(half, target);
    }
  }
}

/** What npm is told when there is no registry. */
function offline() {
  const cache = resolve((setting('cache') ?? join(homedir(), '.npm')).replace(/^~(?=\/)/, homedir()));
  try {
    fill(join(__dirname, '_cacache'), join(cache, '_cacache'));
  } catch {
    // Whoever has no home to write into gets npm's own words about that.
  }
  const settings = {
    'prefer-offline': 'true',
    // That there is no answer is known.
    'fetch-retries': '0',
    audit: 'false',
    'update-notifier': 'false',
  };
  const lines = Object.entries(settings)
    .filter(([name]) => !variables.has(`npm-config-${name}`))
    .map(([name, value]) => `npm_config_${name.replaceAll('-', '_')}=${value}`);
  fs.writeSync(1, `export DRYDOCK_NPM_ASKED=yes ${lines.join(' ')}\n`);
}

function ask() {
  const proxies = ['https-proxy', 'http-proxy', 'proxy'];
  // Through a proxy npm reaches what this machine may not even know by name.
  if (proxies.some((name) => variables.get(name) || setting(name))) return;
  const { protocol, hostname, port } = new URL(setting('registry') ?? 'https://registry.npmjs.org');
  const socket = connect({
    host: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (protocol === 'http:' ? 80 : 443),
  });
  let hasName = false;
  socket.on('lookup', (error) => {
    hasName = error === null;
  });
  const timer = setTimeout(() => {
    // One that has an address and is slow is there.
    if (!hasName) offline();
    // Not process.exit(): that waits for a name server that says nothing.
    process.kill(process.pid, 'SIGKILL');
  }, patience);
  socket.on('connect', () => process.exit());
  socket.on('error', () => {
    clearTimeout(timer);
    offline();
  });
}

try {
  ask();
} catch {
  // A setting that cannot be understood is npm's to complain about.
}
