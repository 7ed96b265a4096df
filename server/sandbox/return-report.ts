import { connectInnerDaemon, type InnerDaemon } from '../docker/inner-daemon.ts';
import type { SandboxEnd, SandboxHost } from '../docker/sandbox-host.ts';

export interface ReturnReport {
  /** Names as `docker ps` shows them. */
  running: string[];
  ended: string[];
}

const longestList = 20;
/** Containers that ended so long before their sandbox did were ended by its going down: milliseconds. */
const goingDownMs = 20_000;
/** Containers that are looked at closely: more have to be listed without it. */
const mostLooks = 200;
/** Restart policies start containers while dockerd comes up; so long are they waited for. */
const restartMs = 1_500;

/**
 * What became of the containers of a sandbox that was down: those that run again, and those that ran until it went
 * down and do not now. What it says was said by the learner's own daemon.
 */
export async function reportReturn(
  host: Pick<SandboxHost, 'dialDaemon'>,
  id: string,
  end: SandboxEnd,
): Promise<ReturnReport> {
  const daemon = connectInnerDaemon(() => host.dialDaemon(id));
  try {
    return await compare(daemon, end);
  } finally {
    daemon.dispose();
  }
}

async function compare(daemon: InnerDaemon, end: SandboxEnd): Promise<ReturnReport> {
  const giveUpAt = performance.now() + restartMs;
  for (;;) {
    const all = await daemon.containers();
    const details = await inTurn(
      all.filter((container) => container.state !== 'running' && container.state !== 'created').slice(0, mostLooks),
      async ({ name, id }) => ({ name, found: await daemon.container(id) }),
    );
    const ended = details.filter(({ found }) => found?.finishedAt != null && found.finishedAt >= end.at - goingDownMs);
    const comesBack = ended.some(
      ({ found }) => found?.restartPolicy === 'always' || found?.restartPolicy === 'unless-stopped',
    );
    if (comesBack && performance.now() < giveUpAt) {
      await new Promise((resolve) => setTimeout(resolve, 250));
      continue;
    }
    return {
      running: names(all.filter((container) => container.state === 'running')),
      ended: names(ended),
    };
  }
}

function names(containers: { name: string }[]): string[] {
  return containers
    .map(({ name }) => name)
    .sort()
    .slice(0, longestList);
}

/** One after the other: the learner's daemon has just come up, and has better things to do. */
async function inTurn<T, R>(items: readonly T[], look: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  for (const item of items) results.push(await look(item));
  return results;
}
