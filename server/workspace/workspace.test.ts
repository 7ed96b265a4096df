import { execFile } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { afterAll } from 'vitest';
import { createLocalExecHost } from './local-exec-host.ts';
import { createWorkspace } from './workspace.ts';
import { describeWorkspace } from './workspace-contract.ts';

const made: string[] = [];
afterAll(() => {
  for (const folder of made) rmSync(folder, { recursive: true, force: true });
});

describeWorkspace('workspace on this machine', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'drydock-workspace-'));
  made.push(folder);
  const root = join(folder, 'lesson');
  mkdirSync(root);
  return {
    workspace: createWorkspace({ host: createLocalExecHost(), sandboxId: 'local', root }),
    shell: async (command) => (await promisify(execFile)('sh', ['-c', command], { cwd: root })).stdout,
  };
});
