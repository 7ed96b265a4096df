import { errorForLog } from '../errors.ts';
import { deadlines, type Engine } from './engine.ts';
import { toEngineError, withDeadline } from './engine-errors.ts';
import type { HostDescription } from './sandbox-host.ts';

/** What the set-up needs to know of an engine and of the machine it runs on. */
export interface EngineFacts {
  version: string;
  /** `1.41` */
  apiVersion: string;
  /** `linux`; `windows` cannot hold a sandbox. */
  osType: string;
  operatingSystem: string;
  kernel: string;
  architecture: string;
  cgroupVersion: '1' | '2';
  cpus: number;
  /** bytes */
  memory: number;
  /** Where it keeps images and volumes, on its own machine. */
  dataRoot: string;
  storageDriver: string;
  rootless: boolean;
  limits: { memory: boolean; cpus: boolean; pids: boolean };
}

export async function readEngineFacts(engine: Engine): Promise<EngineFacts> {
  return withDeadline('look at the engine', deadlines.ping, async () => {
    const [info, version] = await Promise.all([
      engine.docker.info() as Promise<Record<string, unknown>>,
      engine.docker.version(),
    ]);
    const security = info.SecurityOptions;
    return {
      version: version.Version,
      apiVersion: version.ApiVersion,
      osType: text(info.OSType),
      operatingSystem: text(info.OperatingSystem),
      kernel: text(info.KernelVersion),
      architecture: text(info.Architecture),
      cgroupVersion: info.CgroupVersion === '2' ? '2' : '1',
      cpus: typeof info.NCPU === 'number' ? info.NCPU : 0,
      memory: typeof info.MemTotal === 'number' ? info.MemTotal : 0,
      dataRoot: text(info.DockerRootDir),
      storageDriver: text(info.Driver),
      rootless: Array.isArray(security) && security.some((option) => String(option).includes('rootless')),
      limits: {
        memory: info.MemoryLimit === true,
        cpus: info.CpuCfsQuota === true,
        pids: info.PidsLimit === true,
      },
    };
  });
}

/** What a host says of its engine. */
export async function describeEngine(engine: Engine): Promise<Omit<HostDescription, 'diskLimit' | 'diskFree'>> {
  return withDeadline('look at the engine', deadlines.ping, async () => {
    const [info, version] = await Promise.all([
      engine.docker.info() as Promise<Record<string, unknown>>,
      engine.docker.version(),
    ]);
    return {
      engineVersion: version.Version,
      apiVersion: version.ApiVersion,
      cgroupVersion: info.CgroupVersion === '2' ? '2' : '1',
      operatingSystem: text(info.OperatingSystem),
      kernel: text(info.KernelVersion),
      cpus: typeof info.NCPU === 'number' ? info.NCPU : 0,
      memory: typeof info.MemTotal === 'number' ? info.MemTotal : 0,
      securityOptions: Array.isArray(info.SecurityOptions) ? info.SecurityOptions.map(String) : [],
    };
  });
}

/** What decides which means of the engine's machine sandboxes can use. */
export interface EngineSurroundings {
  /** Name of its machine. */
  name: string;
  kernel: string;
  /** Where it keeps images and volumes, on its own machine. */
  dataRoot: string;
  /** `seccomp`, `apparmor`, `rootless`, `userns`, …; without their details. */
  security: string[];
}

export async function readEngineSurroundings(engine: Engine): Promise<EngineSurroundings> {
  return withDeadline('look at the engine', deadlines.ping, async () => {
    const info = (await engine.docker.info()) as Record<string, unknown>;
    const options = Array.isArray(info.SecurityOptions) ? info.SecurityOptions.map(String) : [];
    return {
      name: text(info.Name),
      kernel: text(info.KernelVersion),
      dataRoot: text(info.DockerRootDir),
      // `name=seccomp,profile=default`, or `seccomp` alone in old engines.
      security: options.map((option) => option.replace(/^name=/, '').replace(/,.*$/, '')),
    };
  });
}

export interface ProgramResult {
  exitCode: number;
  /** stdout and stderr together, the first 256 kB */
  output: string;
}

/**
 * Runs a program in a container of its own that is removed afterwards: no network, no capability, a read-only
 * root. `volumes` are mounted read-only: folder by name of the volume. With the network `host` it sees the network
 * of the engine's machine.
 */
export async function runOnce(
  engine: Engine,
  image: string,
  argv: string[],
  volumes: Record<string, string> = {},
  network: 'none' | 'host' = 'none',
): Promise<ProgramResult> {
  const doing = `run ${argv[0] ?? 'a program'} in a container`;
  return withDeadline(doing, deadlines.change, async (abortSignal) => {
    const container = await engine.docker.createContainer({
      Image: image,
      Entrypoint: argv.slice(0, 1),
      Cmd: argv.slice(1),
      Tty: true,
      Labels: { 'drydock.lab': engine.lab, 'drydock.role': 'one-off' },
      HostConfig: {
        NetworkMode: network,
        // An engine that remaps users gives its machine's network only to containers it does not remap.
        ...(network === 'host' ? { UsernsMode: 'host' } : {}),
        CapDrop: ['ALL'],
        ReadonlyRootfs: true,
        PidsLimit: 64,
        Mounts: Object.entries(volumes).map(([Source, Target]) => ({ Type: 'volume', Source, Target, ReadOnly: true })),
      },
      abortSignal,
    });
    try {
      await container.start({ abortSignal });
      const { StatusCode } = (await container.wait({ abortSignal })) as { StatusCode: number };
      const log = await container.logs({ stdout: true, stderr: true });
      // With a TTY the log is the plain output, without frames.
      return {
        exitCode: StatusCode,
        output: Buffer.from(log)
          .toString('utf8')
          .slice(0, 256 * 1024)
          .replaceAll('\r\n', '\n'),
      };
    } catch (error) {
      throw toEngineError(error, doing);
    } finally {
      await container.remove({ force: true, v: true }).catch((error: unknown) => {
        engine.logger.warn(errorForLog(error), 'a one-off container stays');
      });
    }
  });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
