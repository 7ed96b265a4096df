import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Config, Environment } from '../../server/config.ts';
import { type EngineFacts, readEngineFacts } from '../../server/docker/engine-facts.ts';
import type { Machine, SetupContext } from '../context.ts';
import { SetupProblem } from '../problem.ts';
import { findProgram, runProgram, searchPath } from '../run-program.ts';
import type { Step } from '../run-steps.ts';

/** A Docker Engine that answers. Installs and starts Debian's where that is possible. */
export function engineStep(context: SetupContext): Step {
  let refused: unknown = null;
  return {
    id: 'engine',
    title: 'Docker Engine',
    needs: [],
    check: async () => {
      try {
        requireSuitable(await readEngineFacts(context.engine));
        return true;
      } catch (error) {
        if (error instanceof SetupProblem) throw error;
        refused = error;
        return false;
      }
    },
    run: async (tell, signal) => {
      const { machine, config, env } = context;
      const plan = planEngine({
        machine,
        ownHost: config.dockerHost !== 'unix:///var/run/docker.sock',
        dockerHost: config.dockerHost,
        denied: causeCode(refused) === 'EACCES',
        dockerd: findProgram('dockerd', env) !== null,
      });
      if (plan instanceof SetupProblem) throw plan;
      if (plan.install) {
        // Where the client is a package of its own (Debian 13 and later), people and tests want it too.
        await context.apt.install(
          ['docker.io', ...(await context.apt.known(['docker-cli'], tell, signal))],
          tell,
          signal,
        );
        // The package's own script may have started it; two daemons on one folder would be a mess.
        if (await answers(context, 5_000, signal)) return;
      }
      tell('starting it');
      await startEngine(context, plan.start, signal);
      requireSuitable(await readEngineFacts(context.engine));
    },
  };
}

export interface EngineSituation {
  machine: Machine;
  /** DOCKER_HOST names another engine than the usual one. */
  ownHost: boolean;
  dockerHost: string;
  /** The socket is there, but this user may not use it. */
  denied: boolean;
  /** The daemon's program is on this machine. */
  dockerd: boolean;
}

export interface EnginePlan {
  install: boolean;
  start: Machine['init'];
}

/** What to do about an engine that does not answer; a problem where that is up to the person. */
export function planEngine({
  machine,
  ownHost,
  dockerHost,
  denied,
  dockerd,
}: EngineSituation): EnginePlan | SetupProblem {
  if (ownHost) {
    return new SetupProblem(`No Docker Engine answers at ${dockerHost}, which DOCKER_HOST names.`, [
      'Start that engine, or correct DOCKER_HOST, or unset it to use the engine of this machine.',
    ]);
  }
  if (machine.platform !== 'linux') {
    return new SetupProblem('No Docker Engine answers, and on this system Drydock cannot install one.', [
      'Install Docker Desktop from https://docs.docker.com/desktop/ and start it, or run: open -a Docker',
      'If it is running, switch on "Allow the default Docker socket to be used" in its advanced settings.',
    ]);
  }
  if (denied) {
    return new SetupProblem('There is a Docker Engine, but this user may not use its socket /var/run/docker.sock.', [
      'sudo usermod -aG docker "$USER"',
      'Then log out and in again.',
    ]);
  }
  if (!machine.root) {
    const start = machine.init === 'systemd' ? 'sudo systemctl start docker' : 'sudo service docker start';
    if (dockerd)
      return new SetupProblem('The Docker Engine is installed but does not run, and only root may start it.', [start]);
    return machine.apt
      ? new SetupProblem('There is no Docker Engine on this machine, and only root may install one.', [
          `sudo apt-get install -y docker.io && ${start}`,
        ])
      : new SetupProblem('There is no Docker Engine on this machine.', [installElsewhere]);
  }
  if (!dockerd && !machine.apt) {
    return new SetupProblem('There is no Docker Engine on this machine, and without apt Drydock cannot install one.', [
      installElsewhere,
    ]);
  }
  return { install: !dockerd, start: machine.init };
}

const installElsewhere =
  'Install Docker Engine as https://docs.docker.com/engine/install/ says for your system, and start it.';

/** Where the log and process id of an engine that Drydock itself started are kept. */
export function ownEngineFiles(config: Config): { log: string; pid: string } {
  return { log: join(config.dataDir, 'dockerd.log'), pid: join(config.dataDir, 'dockerd.pid') };
}

async function startEngine(context: SetupContext, init: Machine['init'], signal: AbortSignal): Promise<void> {
  const env: Environment = { ...context.env, PATH: searchPath(context.env) };
  if (init === 'systemd') {
    await runProgram('systemctl', ['start', 'docker'], { env, signal });
    if (await answers(context, 60_000, signal)) return;
    throw new SetupProblem('The Docker Engine was started but does not answer.', [
      'journalctl -u docker -n 50 --no-pager',
    ]);
  }
  if (init === 'sysv') {
    await runProgram('service', ['docker', 'start'], { env, signal });
    if (await answers(context, 60_000, signal)) return;
    throw new SetupProblem('The Docker Engine was started but does not answer.', ['tail -n 50 /var/log/docker.log']);
  }
  await mountControlGroups(env);
  const dockerd = findProgram('dockerd', env);
  if (dockerd === null) throw new SetupProblem('The package docker.io is installed, but there is no program dockerd.');
  const files = ownEngineFiles(context.config);
  mkdirSync(context.config.dataDir, { recursive: true });
  const log = openSync(files.log, 'a');
  // It outlives this command, as a service would: sandboxes belong to it.
  const daemon = spawn(dockerd, [], {
    detached: true,
    stdio: ['ignore', log, log],
    env: env as NodeJS.ProcessEnv,
    cwd: '/',
  });
  let ended: string | null = null;
  daemon.on('error', (error) => {
    ended = error.message;
  });
  daemon.on('exit', (code, killedBy) => {
    ended = `exit code ${code ?? killedBy}`;
  });
  if (daemon.pid !== undefined) writeFileSync(files.pid, `${daemon.pid}\n`);
  const came = await answers(context, 60_000, signal, () => ended !== null);
  daemon.unref();
  if (came) return;
  const words = readFileSync(files.log, 'utf8').trimEnd().split('\n').slice(-8).join('\n');
  throw new SetupProblem(
    `The Docker Engine ${ended === null ? 'does not answer a minute after its start' : `ended at once (${ended})`}. Its last words:\n${words}`,
    [`less ${files.log}`],
  );
}

/** On a machine without an init nobody has mounted them, and no container starts without. */
async function mountControlGroups(env: Environment): Promise<void> {
  if (!existsSync('/sys/fs/cgroup')) return;
  if (/ cgroup2? /.test(readFileSync('/proc/self/mounts', 'utf8'))) return;
  await runProgram('mount', ['-t', 'cgroup2', 'cgroup2', '/sys/fs/cgroup'], { env });
}

async function answers(
  context: SetupContext,
  milliseconds: number,
  signal: AbortSignal,
  hopeless: () => boolean = () => false,
): Promise<boolean> {
  const giveUpAt = Date.now() + milliseconds;
  while (Date.now() < giveUpAt && !hopeless()) {
    try {
      await context.engine.ping();
      return true;
    } catch {
      await sleep(200, undefined, { signal });
    }
  }
  return false;
}

/** @throws SetupProblem when no sandbox can live on this engine */
export function requireSuitable(facts: EngineFacts): void {
  if (facts.osType !== 'linux') {
    throw new SetupProblem(`This engine runs ${facts.osType} containers; sandboxes need Linux.`, [
      'Switch Docker Desktop to Linux containers.',
    ]);
  }
  const [major = 0, minor = 0] = facts.apiVersion.split('.').map(Number);
  if (major < 1 || (major === 1 && minor < 41)) {
    throw new SetupProblem(`This Docker Engine is version ${facts.version}; Drydock needs 20.10 or newer.`, [
      installElsewhere,
    ]);
  }
}

function causeCode(error: unknown): unknown {
  const cause = error instanceof Error ? error.cause : undefined;
  return cause instanceof Error && 'code' in cause ? cause.code : undefined;
}
