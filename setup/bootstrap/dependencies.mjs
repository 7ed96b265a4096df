import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/**
 * Installs the npm packages where they are missing or the lock file changed. The lock file itself never changes.
 * @param {string} root folder of package.json
 * @returns {Promise<boolean>} false: it failed, and why has been printed
 */
export async function ensureDependencies(root) {
  const lockFile = join(root, 'package-lock.json');
  const stampFile = join(root, 'node_modules', '.drydock-stamp');
  const lock = readFileSync(lockFile);
  const stamp = stampOf(lock);
  if (readText(stampFile) === stamp) return true;
  const installed = readText(join(root, 'node_modules', '.package-lock.json'));
  if (installed === null || !satisfies(JSON.parse(lock.toString('utf8')), JSON.parse(installed))) {
    if (!(await install(root, lockFile, lock, installed === null))) return false;
  }
  writeFileSync(stampFile, stamp);
  return true;
}

/** @param {Buffer} lock */
function stampOf(lock) {
  return createHash('sha256').update(lock).update(` ${process.platform} ${process.arch}`).digest('hex');
}

/**
 * True when npm's own note of what it installed has every package of the lock file in the same version.
 * @param {{packages: Record<string, {version?: string, integrity?: string, optional?: boolean}>}} lock
 * @param {{packages: Record<string, {version?: string, integrity?: string}>}} installed
 */
export function satisfies(lock, installed) {
  return Object.entries(lock.packages).every(([path, wanted]) => {
    if (path === '') return true;
    const found = installed.packages[path];
    // Binaries of other platforms are optional and not installed.
    if (found === undefined) return wanted.optional === true;
    return found.version === wanted.version && (wanted.integrity === undefined || found.integrity === wanted.integrity);
  });
}

/**
 * @param {string} root
 * @param {string} lockFile
 * @param {Buffer} lock
 * @param {boolean} fresh nothing is installed yet
 */
async function install(root, lockFile, lock, fresh) {
  const began = Date.now();
  // `npm ci` refuses a lock file made where the binaries of other platforms could not be seen; `npm install`
  // takes it. With packages there, `npm install` is also the quicker one.
  const attempts = fresh ? ['ci', 'install'] : ['install', 'ci'];
  let output = '';
  for (const verb of attempts) {
    const result = await runNpm(root, [verb, '--no-audit', '--no-fund'], began);
    if (!readFileSync(lockFile).equals(lock)) writeFileSync(lockFile, lock);
    if (result.code === 0) {
      report(`✓ npm packages (${seconds(began)})`);
      return true;
    }
    if (result.signal !== null) return false;
    output = result.output;
  }
  report('✗ The npm packages could not be installed. npm says:');
  report(
    output
      .trimEnd()
      .split('\n')
      .slice(-15)
      .map((line) => `    ${line}`)
      .join('\n'),
  );
  report(
    '  Mend what it names (often the network, or the registry npm is configured for), then run the same command again.',
  );
  return false;
}

/**
 * @param {string} root
 * @param {string[]} args
 * @param {number} began
 * @returns {Promise<{code: number | null, signal: NodeJS.Signals | null, output: string}>}
 */
function runNpm(root, args, began) {
  const script = process.env.npm_execpath;
  const [program, first] =
    script !== undefined && /npm-cli\.c?js$/.test(script) && existsSync(script)
      ? [process.execPath, [script]]
      : ['npm', []];
  return new Promise((resolve) => {
    const child = spawn(program, [...first, ...args], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] });
    let output = '';
    const keep = (/** @type {Buffer} */ chunk) => {
      output = (output + chunk.toString('utf8')).slice(-64 * 1024);
    };
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    const terminal = process.stderr.isTTY;
    const show = () => {
      const line = `… npm packages: npm ${args[0]} (${seconds(began)})`;
      process.stderr.write(terminal ? `\r\u001b[2K${line}` : `${line}\n`);
    };
    show();
    const timer = setInterval(show, terminal ? 1000 : 5000);
    /** @type {NodeJS.Signals | null} */
    let stoppedBy = null;
    const stop = (/** @type {NodeJS.Signals} */ signal) => {
      stoppedBy = signal;
      child.kill(signal);
    };
    process.on('SIGINT', stop);
    process.on('SIGTERM', stop);
    const end = (/** @type {number | null} */ code) => {
      clearInterval(timer);
      process.off('SIGINT', stop);
      process.off('SIGTERM', stop);
      if (terminal) process.stderr.write('\r\u001b[2K');
      resolve({ code, signal: stoppedBy, output });
    };
    child.on('error', (error) => {
      output += String(error);
      end(1);
    });
    child.on('close', (code) => end(code));
  });
}

/** @param {number} began */
function seconds(began) {
  return `${((Date.now() - began) / 1000).toFixed(0)} s`;
}

/** @param {string} line */
function report(line) {
  process.stderr.write(`${line}\n`);
}

/** @param {string} file */
function readText(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    return null;
  }
}
