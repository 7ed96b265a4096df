import type { SandboxStage, SandboxStatus } from '../../protocol/sandbox.ts';

const stages: Record<SandboxStage, string> = {
  queued: 'Waiting for a free place',
  creating: 'Making your sandbox',
  starting: 'Starting your sandbox',
  'waiting-for-daemon': 'Waiting for Docker to answer',
  'preparing-files': 'Putting the lesson’s files in place',
};

export function stageWords(stage: SandboxStage): string {
  return stages[stage];
}

/** The state of the sandbox in few words, for the bar. */
export function sandboxWords(sandbox: SandboxStatus): string {
  switch (sandbox.state) {
    case 'none':
      return 'Asking for a sandbox';
    case 'starting':
      return stageWords(sandbox.stage);
    case 'ready':
      return 'Sandbox ready';
    case 'resetting':
      return 'Resetting the sandbox';
    case 'failed':
      return 'Sandbox failed';
  }
}
