import type { Health } from '../protocol/lab.ts';
import type { Clock } from './clock.ts';
import type { ImageBuilder } from './docker/image-builder.ts';
import type { SandboxHost } from './docker/sandbox-host.ts';
import { toErrorBody } from './errors.ts';
import type { ImageStock } from './images/image-stock.ts';
import type { SandboxManager } from './sandbox/sandbox-manager.ts';

export interface HealthParts {
  version: string;
  sandboxImage: string;
  host: Pick<SandboxHost, 'describe'>;
  images: Pick<ImageBuilder, 'find'>;
  sandboxes: Pick<SandboxManager, 'counts'>;
  stock: Pick<ImageStock, 'counts'> | null;
  clock: Clock;
}

type Seen = Pick<Health, 'status' | 'engine' | 'sandboxImage' | 'reason'>;

/** What `GET /api/health` answers. Anybody may ask, as often as they like; the engine is asked once a second. */
export function createLabHealth(parts: HealthParts): () => Promise<Health> {
  const { version, sandboxes, stock, clock } = parts;
  let last: { at: number; seen: Promise<Seen> } | null = null;
  return async () => {
    if (last === null || clock.now() - last.at > 1_000 || clock.now() < last.at) {
      last = { at: clock.now(), seen: look(parts) };
    }
    const seen = await last.seen;
    const { byState, pool, limit } = sandboxes.counts();
    return {
      version,
      pool: { ready: pool.ready, inUse: byState.ready, limit },
      images: stock === null ? null : imagesOf(stock),
      ...seen,
    };
  };
}

function imagesOf(stock: Pick<ImageStock, 'counts'>): Health['images'] {
  const { wanted, ready, failed } = stock.counts();
  return { wanted, ready, failed };
}

/** Whether a sandbox can be had. */
async function look({ sandboxImage: reference, host, images }: HealthParts): Promise<Seen> {
  try {
    const [engine, image] = await Promise.all([host.describe(), images.find(reference)]);
    const present = image !== null;
    return {
      status: present ? 'ok' : 'unavailable',
      engine: { reachable: true, version: engine.engineVersion },
      sandboxImage: { reference, present },
      reason: present
        ? null
        : { code: 'sandbox.image-missing', message: `The image ${reference} is missing. Run npm start to make it.` },
    };
  } catch (error) {
    const { code, message } = toErrorBody(error);
    return {
      status: 'unavailable',
      engine: { reachable: false, version: null },
      sandboxImage: { reference, present: false },
      reason: { code, message },
    };
  }
}
