import { spawn } from 'node:child_process';
import { constants } from 'node:os';

/**
 * Runs a Node program in the foreground, passes signals on to it, and resolves with its exit code (128 + signal
 * when it was killed, as a shell reports it).
 * @param {string} cwd
 * @param {string[]} args
 * @param {Record<string, string | undefined>} env added to the environment
 * @returns {Promise<number>}
 */
export function runNode(cwd, args, env) {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, args, { cwd, stdio: 'inherit', env: { ...process.env, ...env } });
    // Ctrl-C reaches the whole foreground group and npm passes it on as well, so one key press may arrive here
    // several times: the child gets a signal once a second at most.
    let last = 0;
    const forward = (/** @type {NodeJS.Signals} */ signal) => {
      if (Date.now() - last < 1000) return;
      last = Date.now();
      child.kill(signal);
    };
    /** @type {NodeJS.Signals[]} */
    const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
    for (const signal of signals) process.on(signal, forward);
    child.on('error', reject);
    child.on('exit', (code, signal) => {
      for (const each of signals) process.off(each, forward);
      resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal]));
    });
  });
}
