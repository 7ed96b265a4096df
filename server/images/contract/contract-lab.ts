import { randomBytes } from 'node:crypto';
import { Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { pipeline } from 'node:stream/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { createDockerSandboxHost } from '../../docker/docker-sandbox-host.ts';
import type { HostLogger } from '../../docker/engine.ts';
import type { ExecSpec, SandboxHost } from '../../docker/sandbox-host.ts';
import { buildSeccompProfile } from '../../sandbox/seccomp/build-seccomp-profile.ts';
import { readSetupRecord } from '../../setup-record.ts';
import { testLimits } from '../../test-limits.ts';
import { mainLabConfig } from '../../test-sandbox-image.ts';

export const silent: HostLogger = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

export interface Output {
  code: number;
  out: string;
  err: string;
}

/** Folder in the sandbox where a contract's commands run; empty at the start of each test. */
const workFolder = '/root/contract';

/** Milliseconds until a condition that is waited for counts as not coming about. */
const patience = 30_000;

/** One real sandbox, as a learner gets it, for the contracts of one image. */
export class ContractLab {
  readonly #host: SandboxHost;
  readonly #id: string;

  private constructor(host: SandboxHost, id: string) {
    this.#host = host;
    this.#id = id;
  }

  /** With the registry of the lab that the set-up prepared, and a name of its own on the engine. */
  static async open(): Promise<ContractLab> {
    const config = mainLabConfig();
    const record = await readSetupRecord(config.dataDir);
    const host = createDockerSandboxHost({
      engine: config.engine,
      lab: `contract-${randomBytes(4).toString('hex')}`,
      seccompProfile: buildSeccompProfile(),
      apparmorProfile: record.apparmorProfile,
      logger: silent,
    });
    const lab = new ContractLab(host, randomBytes(6).toString('hex'));
    try {
      await host.make({
        id: lab.#id,
        learner: null,
        image: record.sandboxImage,
        // A database needs more room than most tests give a sandbox.
        limits: { ...testLimits, memory: 2 * 2 ** 30 },
        registryVolume: record.registrySocketVolume,
      });
      await host.start(lab.#id, { timeoutMs: 60_000 });
    } catch (error) {
      await lab[Symbol.asyncDispose]();
      throw error;
    }
    return lab;
  }

  /** A program in the sandbox, whatever its exit code. */
  readonly tryRun = async (...argv: ExecSpec['argv']): Promise<Output> => this.#run({ argv, cwd: workFolder });

  /** `docker …` in the sandbox, whatever its exit code. */
  readonly tryDocker = async (...args: string[]): Promise<Output> => this.tryRun('docker', ...args);

  /** `docker …` in the sandbox, which has to succeed. @returns what it wrote to stdout, without white space around it */
  readonly docker = async (...args: string[]): Promise<string> => {
    const { code, out, err } = await this.tryDocker(...args);
    if (code !== 0) throw new Error(`docker ${args.join(' ')} ended with ${code}: ${err}${out}`);
    return out.trim();
  };

  /** A script of the sandbox's own shell, which has to succeed, in an empty folder. */
  readonly shell = async (script: string): Promise<string> => {
    const { code, out, err } = await this.tryRun('sh', '-ec', script);
    if (code !== 0) throw new Error(`this ended with ${code}: ${script}\n${err}${out}`);
    return out.trim();
  };

  /** Writes a file below the empty folder. @returns its absolute path in the sandbox, as a bind mount wants it */
  readonly write = async (path: string, content: string): Promise<string> => {
    await this.shell(
      `mkdir -p "$(dirname ${quote(path)})"; printf %s ${quote(content)} > ${quote(path)}; chmod a+rX . ${quote(path)}`,
    );
    return `${workFolder}/${path}`;
  };

  /** What both streams of a container's log hold. */
  readonly logs = async (container: string): Promise<string> => {
    const { out, err } = await this.tryDocker('logs', container);
    return out + err;
  };

  /** A field of a container, image or volume: `inspect('web', '.State.ExitCode')`. */
  readonly inspect = async (what: string, field: string): Promise<string> =>
    this.docker('inspect', '--format', `{{${field}}}`, what);

  /**
   * An HTTP request from the sandbox, as a learner's curl makes it: `fetch('localhost:8080/path', '-X', 'POST')`.
   * Status 0: nobody answered.
   */
  readonly fetch = async (url: string, ...options: string[]): Promise<{ status: number; body: string }> => {
    const { out } = await this.tryRun('curl', '-s', '-m', '20', '-w', '\n%{http_code}', ...options, url);
    const cut = out.lastIndexOf('\n');
    return { status: Number(out.slice(cut + 1)), body: out.slice(0, cut) };
  };

  /**
   * Asks again until the answer is neither null nor undefined nor false, and an attempt that throws counts as no
   * answer. @returns the answer
   */
  readonly until = async <T>(
    what: string,
    ask: () => Promise<T | null | undefined | false>,
    milliseconds = patience,
  ): Promise<T> => {
    const deadline = performance.now() + milliseconds;
    let trouble = '';
    for (;;) {
      try {
        const answer = await ask();
        if (answer !== null && answer !== undefined && answer !== false) return answer;
      } catch (error) {
        trouble = `: ${String(error)}`;
      }
      if (performance.now() > deadline) throw new Error(`This did not come about in time: ${what}${trouble}`);
      await sleep(50);
    }
  };

  /** Waits until an address answers with a status below 500. */
  readonly answers = async (url: string): Promise<{ status: number; body: string }> =>
    this.until(`an answer of ${url}`, async () => {
      const answer = await this.fetch(url);
      return answer.status > 0 && answer.status < 500 && answer;
    });

  /** `docker stop`. @returns the exit code, and whether it ended by itself within the grace period */
  readonly stop = async (container: string): Promise<{ exitCode: number; inTime: boolean }> => {
    const graceSeconds = 10;
    const began = performance.now();
    await this.docker('stop', '--time', String(graceSeconds), container);
    const took = performance.now() - began;
    const exitCode = Number(await this.inspect(container, '.State.ExitCode'));
    // Killed at the end of the grace period it would be 137, unless the program ends with that by itself.
    return { exitCode, inTime: exitCode !== 137 && took < graceSeconds * 1000 };
  };

  /** Loads what `docker save` wrote. */
  async load(archive: Readable): Promise<void> {
    const { code, err, out } = await this.#run({ argv: ['docker', 'load', '--quiet'] }, archive);
    if (code !== 0) throw new Error(`docker load ended with ${code}: ${err}${out}`);
  }

  /** Removes containers, volumes, networks and files of the test before; images stay. */
  async reset(): Promise<void> {
    const { code, err } = await this.#run({
      argv: [
        'sh',
        '-ec',
        `rm -rf ${workFolder}; mkdir -p ${workFolder}
        all=$(docker ps -aq); [ -z "$all" ] || docker rm -f -v $all
        (all=$(docker network ls -q --filter type=custom); [ -z "$all" ] || docker network rm $all) & networks=$!
        all=$(docker volume ls -q); [ -z "$all" ] || docker volume rm $all
        wait $networks`,
      ],
    });
    if (code !== 0) throw new Error(`What the test before left could not be removed: ${err}`);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#host.remove(this.#id, { keepHome: false });
  }

  async #run(spec: ExecSpec, input: Readable = Readable.from([])): Promise<Output> {
    const session = await this.#host.exec(this.#id, spec);
    // A program that does not read to the end is judged by its exit code.
    const fed = pipeline(input, session.stdin).catch(() => undefined);
    const [out, err, code] = await Promise.all([text(session.stdout), text(session.stderr), session.exit, fed]);
    return { code, out, err };
  }
}

function quote(text: string): string {
  return `'${text.replaceAll("'", "'\\''")}'`;
}
