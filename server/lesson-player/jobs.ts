import { sandboxesThatFit } from '../config.ts';

/** More at once than this only makes each of them slower than its timeouts were thought for. */
const mostJobs = 8;

/**
 * A lesson mostly waits: for a daemon that starts, for a container that ends, for its checks. first-steps/first-container
 * takes 10 s of an idle machine and 4 s of a processor.
 */
const jobsForEachProcessor = 2;

/**
 * How many lessons are played at a time where nobody says: two for each processor, as far as memory goes.
 * @param engine of the machine the sandboxes run on; memory in bytes
 * @param sandboxMemory bytes one sandbox may use
 */
export function jobsThatFit(engine: { cpus: number; memory: number }, sandboxMemory: number): number {
  return Math.max(
    1,
    Math.min(jobsForEachProcessor * engine.cpus, sandboxesThatFit(engine.memory, sandboxMemory), mostJobs),
  );
}
