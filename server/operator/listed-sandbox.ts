import * as z from 'zod';

/** A sandbox as the operator sees it; what `GET /sandboxes` answers is a list of these. Times are unix milliseconds. */
export const listedSandbox = z.object({
  id: z.string(),
  /** null: it waits in the pool */
  learner: z.string().nullable(),
  state: z.string(),
  createdAt: z.number().nullable(),
  usedAt: z.number().nullable(),
  /** bytes; null: not known, or it does not run */
  memory: z.number().nullable(),
  /** cores, now */
  cpus: z.number().nullable(),
  /** bytes of the daemon's data and of the learner's files */
  disk: z.number().nullable(),
});

export type ListedSandbox = z.infer<typeof listedSandbox>;

export const sandboxList = z.object({ sandboxes: z.array(listedSandbox) });
