import type { Environment } from '../server/config.ts';
import { runProgram, searchPath } from './run-program.ts';

/** Installs Debian packages, one call at a time: apt locks the machine. */
export class AptPackages {
  readonly #env: Environment;
  #line: Promise<void> = Promise.resolve();
  #listsAreFresh = false;

  constructor(env: Environment) {
    this.#env = { ...env, DEBIAN_FRONTEND: 'noninteractive', PATH: searchPath(env), LC_ALL: 'C.UTF-8' };
  }

  /** @throws SetupProblem with apt's last words */
  async install(names: readonly string[], tell: (detail: string) => void, signal: AbortSignal): Promise<void> {
    const turn = this.#line.then(async () => {
      // Interrupting apt in the middle of unpacking leaves packages half configured, so only its downloads end early.
      signal.throwIfAborted();
      const options = { env: this.#env, onLine: (line: string) => tell(`apt: ${line}`) };
      if (!this.#listsAreFresh) {
        tell('apt: reading the lists of packages');
        await runProgram('apt-get', ['update', ...patience], { ...options, signal });
        this.#listsAreFresh = true;
      }
      await runProgram('apt-get', ['install', '-y', '--no-install-recommends', ...patience, ...names], options);
    });
    this.#line = turn.catch(() => undefined);
    await turn;
  }

  /** Those of the packages that this machine's sources have. Reads the lists first. */
  async known(names: readonly string[], tell: (detail: string) => void, signal: AbortSignal): Promise<string[]> {
    await this.install([], tell, signal);
    const found: string[] = [];
    for (const name of names) {
      const has = await runProgram('apt-cache', ['show', '--no-all-versions', name], { env: this.#env }).then(
        () => true,
        () => false,
      );
      if (has) found.push(name);
    }
    return found;
  }
}

/** Another apt at work (unattended upgrades) is waited for, in seconds. */
const patience = ['-o', 'DPkg::Lock::Timeout=300', '-o', 'Dpkg::Use-Pty=0'];
