import { expect, it, vi } from 'vitest';
import { evaluateChecks } from '../checks/evaluate-checks.ts';
import { check } from '../checks/look.ts';
import type { SandboxHost } from '../docker/sandbox-host.ts';
import type { LiveSandbox } from '../sandbox/live-sandboxes.ts';
import type { Workspace } from '../workspace/workspace.ts';
import { sandboxCheckContext } from './sandbox-check-context.ts';

it('says in words for a learner that a command took too long', async () => {
  const session = {
    stdin: { on: () => undefined, end: () => undefined },
    stdout: { on: () => undefined },
    stderr: { on: () => undefined },
    exit: new Promise(() => undefined),
    dispose: () => undefined,
  };
  const context = sandboxCheckContext({
    host: { exec: async () => session } as unknown as SandboxHost,
    sandboxId: 's',
    live: { daemon: {}, state: { status: 'live' } } as unknown as LiveSandbox,
    workspace: { root: '/root/lesson' } as unknown as Workspace,
    commands: [],
  });
  const [result] = await evaluateChecks([{ id: 'c', check: check('run: sleep 99\ntimeout: 30ms') }], context);
  expect(result).toMatchObject({ state: 'failed' });
  expect(result?.message).toMatch(
    /^Looking took longer than 0 s, so Drydock stopped\..*tries again when something changes/,
  );
});

it('lists the workspace once for a round, however many files its checks are about', async () => {
  const list = vi.fn(async () => ({
    entries: [
      { path: 'app', type: 'folder', size: 0 },
      { path: 'app/a.txt', type: 'file', size: 3 },
    ],
    truncated: false,
  }));
  const context = sandboxCheckContext({
    host: {} as SandboxHost,
    sandboxId: 's',
    live: { daemon: {}, state: { status: 'live' } } as unknown as LiveSandbox,
    workspace: { root: '/root/lesson', list } as unknown as Workspace,
    commands: [],
  });
  const paths = ['app/a.txt', 'app', ...Array.from({ length: 18 }, (_, index) => `app/b${index}.txt`)];
  const results = await evaluateChecks(
    paths.map((path) => ({ id: path, check: check(`file: ${path}\nstate: present`) })),
    context,
  );
  expect(results.map((result) => result.state)).toEqual(['met', ...Array.from({ length: 19 }, () => 'unmet')]);
  expect(results[1]?.message).toContain('app is a folder');
  expect(results[2]?.message).toContain('There is app/a.txt');
  expect(list).toHaveBeenCalledTimes(1);
  expect(context.root).toBe('/root/lesson');
});
