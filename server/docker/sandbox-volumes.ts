import { DrydockError } from '../errors.ts';
import { deadlines, type Engine } from './engine.ts';
import { engineStatus, withDeadline } from './engine-errors.ts';
import { labels, sandboxLabels } from './sandbox-container.ts';

export interface FoundVolume {
  /** What the engine mounts there, or null: a plain folder of the engine. */
  device: string | null;
}

/** A volume of this sandbox, or null. @throws engine.failed when it is somebody else's */
export async function findVolume(engine: Engine, name: string, id: string): Promise<FoundVolume | null> {
  return withDeadline('look at the disk of the sandbox', deadlines.request, async (abortSignal) => {
    try {
      const info = await engine.docker.getVolume(name).inspect({ abortSignal });
      if (!isOwn(engine, info.Labels, id)) throw foreign(name);
      return { device: info.Options?.device ?? null };
    } catch (error) {
      if (engineStatus(error) === 404) return null;
      throw error;
    }
  });
}

/**
 * Makes a volume, or takes the one of that name when it is this sandbox's own. `DriverOpts`: what the engine's
 * `local` driver mounts there.
 * @throws engine.failed when it is somebody else's
 */
export async function makeVolume(
  engine: Engine,
  name: string,
  spec: { id: string; learner: string | null },
  DriverOpts: Record<string, string> = {},
): Promise<void> {
  await withDeadline('make the disk of the sandbox', deadlines.change, async (abortSignal) => {
    // Creating what exists answers with the existing volume, whose labels tell whether it is ours.
    const Labels = sandboxLabels(engine.lab, spec);
    await engine.docker.createVolume({ Name: name, Labels, DriverOpts, abortSignal });
  });
  await findVolume(engine, name, spec.id);
}

/** Removes a volume of this sandbox; one that is not there is no error. */
export async function removeVolume(engine: Engine, name: string, id: string): Promise<void> {
  await withDeadline('remove the disk of the sandbox', deadlines.change, async (abortSignal) => {
    try {
      const volume = engine.docker.getVolume(name);
      const info = await volume.inspect({ abortSignal });
      if (!isOwn(engine, info.Labels, id)) throw foreign(name);
      await volume.remove({ abortSignal });
    } catch (error) {
      if (engineStatus(error) !== 404) throw error;
    }
  });
}

/** Ids of all sandboxes of this lab that have a volume. */
export async function sandboxesWithVolumes(engine: Engine): Promise<string[]> {
  return [...new Set((await ownVolumes(engine)).map(({ id }) => id))];
}

/**
 * Bytes in the plain volumes of each sandbox, as the engine counts them: it walks through all that is there. What
 * is mounted from a device has a limit of its own and is left out; where there is nothing else, nothing is walked.
 */
export async function usedByVolumes(engine: Engine): Promise<Map<string, number>> {
  const plain = new Map(
    (await ownVolumes(engine)).filter(({ device }) => device === null).map((own) => [own.name, own]),
  );
  const used = new Map<string, number>();
  if (plain.size === 0) return used;
  for (const { Name, UsageData } of await volumesWithSizes(engine)) {
    const id = plain.get(Name)?.id;
    // -1: the engine could not tell.
    if (id !== undefined) used.set(id, (used.get(id) ?? 0) + Math.max(0, UsageData?.Size ?? 0));
  }
  return used;
}

interface OwnVolume {
  name: string;
  /** Of the sandbox. */
  id: string;
  device: string | null;
}

async function ownVolumes(engine: Engine): Promise<OwnVolume[]> {
  return withDeadline('list the disks of the sandboxes', deadlines.request, async (abortSignal) => {
    const filters = JSON.stringify({ label: [`${labels.lab}=${engine.lab}`, labels.sandbox] });
    const { Volumes } = await engine.docker.listVolumes({ filters, abortSignal });
    return (Volumes ?? []).flatMap(({ Name, Labels, Options }) => {
      const id = Labels?.[labels.sandbox];
      return id === undefined ? [] : [{ name: Name, id, device: Options?.device ?? null }];
    });
  });
}

interface SizedVolume {
  Name: string;
  UsageData?: { Size: number } | null;
}

async function volumesWithSizes(engine: Engine): Promise<SizedVolume[]> {
  return withDeadline('look how much disk the sandboxes use', 5 * deadlines.change, async (abortSignal) => {
    // Engines of API 1.42 and later then leave out images and containers. dockerode's own `df` passes nothing on.
    const answer = await new Promise<unknown>((resolve, reject) => {
      const options = { type: 'volume' };
      const request = { path: '/system/df?', options, method: 'GET', abortSignal, statusCodes: { 200: true } };
      engine.docker.modem.dial(request, (error: unknown, data: unknown) => (error ? reject(error) : resolve(data)));
    });
    const volumes = (answer as { Volumes?: unknown } | null)?.Volumes;
    return Array.isArray(volumes) ? (volumes as SizedVolume[]) : [];
  });
}

function isOwn(engine: Engine, found: Record<string, string> | null | undefined, id: string): boolean {
  return found?.[labels.lab] === engine.lab && found[labels.sandbox] === id;
}

function foreign(name: string): DrydockError {
  return new DrydockError(
    'engine.failed',
    `There is a volume named ${name} on this engine that does not belong to this lab, so Drydock leaves it alone. Whoever runs this Drydock has to rename or remove it.`,
  );
}
