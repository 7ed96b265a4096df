import { deadlines, type Engine } from './engine.ts';
import { toEngineError, withDeadline } from './engine-errors.ts';

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

export interface ProgramResult {
  exitCode: number;
  /** stdout and stderr together, the first 256 kB */
  output: string;
}

/**
 * Runs a program in a container of its own that is removed afterwards: no network, no capability, a read-only
 * root. `volumes` are mounted read-only: folder by name of the volume.
 */
export async function runOnce(
  engine: Engine,
  image: string,
  argv: string[],
  volumes: Record<string, string> = {},
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
        NetworkMode: 'none',
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
        engine.logger.warn({ error }, 'a one-off container stays');
      });
    }
  });
}

function text(value: unknown): string {
  return typeof value === 'string' ? value : '';
}
