import type Docker from 'dockerode';
import { containerName, labels } from './sandbox-container.ts';
import type { SandboxEnd, SandboxRecord } from './sandbox-host.ts';

/** A sandbox as the engine lists it, or null: a container that carries our labels and is none. */
export function recordOf(lab: string, container: Docker.ContainerInfo): SandboxRecord | null {
  const id = container.Labels[labels.sandbox];
  if (id === undefined || !container.Names.includes(`/${containerName(lab, id)}`)) return null;
  return {
    id,
    learner: container.Labels[labels.learner] ?? null,
    state: stateOf(container.State),
    createdAt: container.Created * 1000,
    imageId: container.ImageID,
    // Those that were made before there was one are out of date in any case.
    spec: container.Labels[labels.spec] ?? '',
  };
}

function stateOf(state: string): SandboxRecord['state'] {
  switch (state) {
    case 'created':
    case 'running':
    case 'paused':
    case 'exited':
      return state;
    case 'restarting':
      return 'running';
    default:
      // 'removing' and 'dead': of no use any more.
      return 'dead';
  }
}

/** How it ended by the engine's `State`, or null: it runs, or never ran. */
export function endOf(state: Docker.ContainerInspectInfo['State']): SandboxEnd | null {
  if (state.Running) return null;
  // Go's zero time, year 1, is "never".
  const at = Date.parse(state.FinishedAt);
  if (Number.isNaN(at) || at <= 0) return null;
  // The engine's mark stays from any program that memory ran out for; only with SIGKILL it was the end.
  return { at, exitCode: state.ExitCode, outOfMemory: state.OOMKilled && state.ExitCode === 137 };
}
