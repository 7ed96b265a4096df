import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeEach, expect, vi } from 'vitest';
import type { Preparation } from '../../protocol/preparation.ts';
import { DrydockError } from '../errors.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { fence, lessonSource } from '../lessons/lesson-fixture.ts';
import { parseLesson } from '../lessons/parse/parse-lesson.ts';
import { openStore, type Store } from '../store/open-store.ts';
import { SetupStore } from '../store/setup-store.ts';
import { createLocalExecHost } from '../workspace/local-exec-host.ts';
import type { Workspace } from '../workspace/workspace.ts';
import type { PreparedSession } from './preparation-parts.ts';
import { Preparations } from './preparations.ts';

const data = mkdtempSync(join(tmpdir(), 'drydock-preparations-'));
/** Of the test that runs. */
export let store: Store;
export let folder: string;
beforeEach(async () => {
  await store?.destroy();
  folder = mkdtempSync(join(data, 'work-'));
  store = await openStore(folder);
});
afterAll(async () => {
  await store.destroy();
  rmSync(data, { recursive: true, force: true });
});

export const actor = { learner: 'ada', mayAuthor: false };
export const sandbox = { id: 's1', learner: 'ada' };
export const name = 'course/lesson';
export const setup = (command: string) => fence('sh setup', command);
export const check = fence('yaml check', 'title: T\nfile: a.txt\nstate: present');
export const steps = (...bodies: string[]) =>
  bodies.map((body, index) => `## S${index + 1}\n\n${body}\n\n${check}`).join('\n\n');

export function parse(body: string): Lesson {
  const { lesson, problems } = parseLesson(lessonSource(body), 'lesson.md', name);
  if (lesson === null) throw new Error(JSON.stringify(problems));
  return lesson;
}

export function surroundings(body: string) {
  const told: (Preparation | null)[] = [];
  const diary: string[] = [];
  const source = { lesson: parse(body) };
  const ended: ((fact: {
    sandboxId: string;
    lesson: string;
    terminal: string;
    exitCode: number;
    learner: string;
    command: string;
    cwd: null;
  }) => void)[] = [];
  const busy = new Set<string>();
  const options = { met: true, exitCode: 0, ends: true };
  /** What a test makes take its time. */
  const waiting = {
    find: Promise.resolve(),
    reset: Promise.resolve(),
    keep: Promise.resolve(),
  };
  const session: PreparedSession = {
    attach: async () => {
      diary.push('attach');
    },
    catchUp: async (ids) => {
      diary.push(`look ${ids.join(' ')}`);
      return ids.map((id) => ({ id, state: options.met ? 'met' : 'unmet', message: '', hint: null }));
    },
    visit: () => undefined,
    reopen: () => {
      diary.push('reopen');
    },
    prepared: () => {
      diary.push('prepared');
    },
  };
  const preparations = new Preparations({
    reader: { lesson: async () => source.lesson },
    done: new SetupStore(store),
    progress: {
      visitStep: async (_learner, _lesson, step) => {
        diary.push(`visited ${step}`);
      },
    },
    sandboxes: {
      ready: () => sandbox,
      reset: async (_learner, prepare) => {
        diary.push('reset');
        preparations.sandboxLost('ada', sandbox.id);
        await waiting.reset;
        await prepare(sandbox);
        return sandbox;
      },
      use: () => ({ dispose: () => undefined }),
    },
    terminals: {
      run: async ({ terminal, command }) => {
        diary.push(`run ${command} in ${terminal}`);
        busy.add(terminal);
        if (!options.ends) return;
        setTimeout(() => {
          busy.delete(terminal);
          for (const listener of ended) {
            const { exitCode } = options;
            listener({ sandboxId: 's1', lesson: name, terminal, exitCode, learner: 'ada', command, cwd: null });
          }
        }, 5);
      },
      list: () => [...busy].map((terminal) => ({ terminal, busy: true })),
      interrupt: ({ terminal }) => {
        diary.push(`interrupt ${terminal}`);
      },
      onCommandEnded: (listener) => {
        ended.push(listener as (typeof ended)[number]);
        return { dispose: () => ended.splice(ended.indexOf(listener as (typeof ended)[number]), 1) };
      },
    },
    host: createLocalExecHost(),
    sessions: {
      find: async () => {
        await waiting.find;
        return session;
      },
      keep: async () => {
        await waiting.keep;
        return { dispose: () => diary.push('let go') };
      },
    },
    rootOf: () => folder,
    workspaceOf: () =>
      ({
        write: async (path: string) => {
          diary.push(`write ${path}`);
          return { version: 'v' };
        },
        append: async (path: string) => {
          diary.push(`append ${path}`);
          return { version: 'v' };
        },
        replaceLines: async (path: string, from: number, to: number) => {
          diary.push(`lines ${from}-${to} of ${path}`);
          if (path === 'missing.txt') throw new DrydockError('file.not-found', 'It is not there.');
          return { version: 'v' };
        },
      }) as Partial<Workspace> as Workspace,
    emptyWorkspace: async () => {
      diary.push('empty');
    },
    tell: (_learner, _lesson, preparation) => told.push(preparation),
    clock: { now: () => 1000 },
    logger: { debug() {}, info() {}, warn() {}, error: (fields) => diary.push(`error ${JSON.stringify(fields)}`) },
  });
  const over = () => vi.waitFor(() => expect(preparations.current('ada', name)).toBeNull(), 15_000);
  const failed = async () => {
    await vi.waitFor(() => expect(preparations.current('ada', name)?.state).toBe('failed'), 15_000);
    return preparations.current('ada', name);
  };
  const log = () => readFileSync(join(folder, 'log'), 'utf8').trim().split('\n');
  return { preparations, told, diary, source, options, waiting, over, failed, log };
}

export const note = (word: string) => setup(`echo ${word} >> log`);

export const threeSteps = [
  fence('sh run', 'cd inside'),
  steps(
    `${fence('text file=a.txt', 'a')}\n\n${note('one')}\n\n${fence('sh run terminal=second', 'echo hi')}`,
    `${fence('text file=a.txt lines=1-1 solution', 'b')}\n\n${fence('sh solution', 'do it')}`,
    `${note('three')}\n\n${fence('sh run', 'not this')}`,
  ),
].join('\n\n');
