import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Config, labId } from './config.ts';
import { createDockerSandboxHost } from './docker/docker-sandbox-host.ts';
import type { SandboxHost } from './docker/sandbox-host.ts';
import type { errorForLog } from './errors.ts';
import type { Logger } from './logger.ts';
import { buildSeccompProfile } from './sandbox/seccomp/build-seccomp-profile.ts';

/** The sandboxes of a lab that lives in a folder of its own for a while. @param person whose engine and limits it has */
export function temporaryHost(person: Config, dataDir: string, logger: Logger): SandboxHost {
  return createDockerSandboxHost({
    engine: person.engine,
    lab: labId(dataDir),
    seccompProfile: buildSeccompProfile(),
    disks: { folder: join(dataDir, 'disks'), limit: person.diskLimit },
    egressRange: person.egress.policy === 'none' ? null : person.egress.range,
    logger,
  });
}

/**
 * Removes what such a lab made on the engine, then its folder, which stays when something could not be removed: its disks
 * may still be in use.
 */
export async function removeTemporaryLab(host: SandboxHost, dataDir: string): Promise<void> {
  for (const record of await host.list()) await host.remove(record.id, { keepHome: false });
  await host.sweep([]);
  await rm(dataDir, { recursive: true, force: true });
}

/** Only what is wrong: the rest of the log is of no use to who writes lessons. */
export function troubleLogger(tell: (words: string, fields: object) => void): Logger {
  const ignore = () => undefined;
  const heard = (fields: object, message: string) => {
    const { error } = fields as Partial<ReturnType<typeof errorForLog>>;
    tell(error === undefined ? message : `${message}: ${error.message ?? error.code ?? error.kind}`, fields);
  };
  return { debug: ignore, info: ignore, warn: heard, error: heard };
}
