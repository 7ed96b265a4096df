import * as z from 'zod';
import type { AuthorCheck, AuthorLesson } from './authoring.ts';
import type { BuildStatus } from './build.ts';
import { learnerName } from './certificate.ts';
import type { Answer } from './errors.ts';
import { blockId, lessonId, terminalName, workspacePath } from './ids.ts';
import type { ImageView } from './images.ts';
import type { CheckResult, LessonProgress } from './lesson-view.ts';
import { limits } from './limits.ts';
import { type PlacementView, placementQuestionId } from './placement.ts';
import type { Preparation } from './preparation.ts';
import { type QuizVerdict, quizAnswer } from './quiz.ts';
import type { SandboxNoticeKind, SandboxStatus, SandboxUse } from './sandbox.ts';
import type { WorkspaceFile, WorkspaceTree } from './workspace.ts';

/**
 * The whole conversation between a page and the server. A page that speaks another version is told to reload.
 *
 * - Requests (page → server) are below with the schema of their payload; each is acknowledged with
 *   `{ok: true, data}` or `{ok: false, error}`. `Results` gives the shape of `data`.
 * - Facts (server → page) are in the past tense and go to every page of the learner they concern.
 * - Terminal bytes travel as binary (`Uint8Array`), numbered by `seq`, the number of a chunk's first byte.
 */
export const protocolVersion = 5;

const bytes = (max: number) =>
  z
    .custom<Uint8Array>((value) => value instanceof Uint8Array, 'expected bytes')
    .refine((value) => value.byteLength <= max, `at most ${max} bytes`);
const size = {
  cols: z.int().min(limits.terminalCols.min).max(limits.terminalCols.max),
  rows: z.int().min(limits.terminalRows.min).max(limits.terminalRows.max),
};
const inLesson = { lesson: lessonId };
const terminal = { lesson: lessonId, terminal: terminalName };
const seq = z.int().min(0);
const noticeKinds = [
  'woken',
  'restarted',
  'archived',
  'disk-full',
  'lost',
  'egress-unavailable',
] as const satisfies readonly SandboxNoticeKind[];

export const requests = {
  /**
   * The page shows this lesson: makes or wakes the sandbox, puts the lesson's files there, follows it. `again`: the
   * page had it open and only its connection is new, so a sandbox that is paused or stopped stays so.
   */
  'lesson:open': z.strictObject({ ...inLesson, again: z.boolean().optional() }),
  /** The page no longer shows it. */
  'lesson:leave': z.strictObject(inLesson),
  /** The step in focus, so that another page or day begins there. */
  'lesson:visit-step': z.strictObject({ ...inLesson, step: blockId }),

  /** The learner's answers to the lesson's variables; those that are left out stay as they are. */
  'lesson:answer-variables': z.strictObject({ ...inLesson, values: z.record(z.string().max(40), z.string().max(200)) }),
  /** A fresh daemon and fresh files, in which the lab has done what the steps before this one ask for. */
  'lesson:start-over': z.strictObject({ ...inLesson, step: blockId }),
  /** Try a preparation that failed again, or stop one that runs. */
  'preparation:retry': z.strictObject(inLesson),
  'preparation:cancel': z.strictObject(inLesson),
  'quiz:answer': z.strictObject({ ...inLesson, quiz: blockId, answer: quizAnswer }),
  /** A quiz of a lesson that was finished some days ago; `lesson` need not be open. */
  'practice:answer': z.strictObject({ ...inLesson, quiz: blockId, answer: quizAnswer }),
  /** The question of the placement quiz that is asked now. `answer` null: the learner does not know. */
  'placement:answer': z.strictObject({ question: placementQuestionId, answer: quizAnswer.nullable() }),
  /** Takes the quiz anew; what came of the last one stays until this one is over. */
  'placement:begin': z.strictObject({}),
  /** How the learner wants to be called on certificates. */
  'certificate:name': z.strictObject({ name: learnerName }),
  /** The learner wants to see how it is done; it is recorded. */
  'solution:show': z.strictObject({ ...inLesson, block: blockId }),
  /** Source, problems and live checks, for who may author; from then on this page is told of changes. */
  'author:read': z.strictObject(inLesson),

  /** Try again after a failure. */
  'sandbox:start': z.strictObject(inLesson),
  /** A fresh daemon and this lesson's files as they were; other lessons' files stay. */
  'sandbox:reset': z.strictObject(inLesson),
  /** The learner has read this notice. */
  'sandbox:dismiss': z.strictObject({ ...inLesson, kind: z.enum(noticeKinds) }),
  /** Puts the files of an archive back; what is there already stays. */
  'sandbox:restore': z.strictObject({ ...inLesson, archive: z.string().regex(/^[a-z0-9]{8,32}$/) }),

  'terminal:list': z.strictObject(inLesson),
  /**
   * Attach; starts the shell when it does not run. `after`: the end of what the page already has, or 0;
   * `generation`: the shell it has that of. When the shell is another one by now, `after` counts as 0.
   */
  'terminal:open': z.strictObject({ ...terminal, ...size, after: seq, generation: z.string().max(64).optional() }),
  'terminal:input': z.strictObject({ ...terminal, data: bytes(limits.terminalInput) }),
  'terminal:resize': z.strictObject({ ...terminal, ...size }),
  /** Everything up to `seq` has been drawn. */
  'terminal:acknowledge': z.strictObject({ ...terminal, seq }),
  /** Type a `run` or `solution` block's command. `interrupt`: press Ctrl-C first when something runs. */
  'terminal:run': z.strictObject({ ...inLesson, block: blockId, interrupt: z.boolean() }),
  /** Ends the shell. */
  'terminal:close': z.strictObject(terminal),
  /** Stops output to this page; the shell lives on. */
  'terminal:detach': z.strictObject(terminal),

  'file:list': z.strictObject(inLesson),
  'file:read': z.strictObject({ ...inLesson, path: workspacePath }),
  /** `basedOn`: the version that was read, or null for a file that must not exist yet. */
  'file:write': z.strictObject({
    ...inLesson,
    path: workspacePath,
    content: z.string().max(limits.fileText),
    basedOn: z.string().max(64).nullable(),
    /** The person has seen the other version and wants this one. */
    overwrite: z.boolean(),
  }),
  'file:rename': z.strictObject({ ...inLesson, from: workspacePath, to: workspacePath }),
  'file:remove': z.strictObject({ ...inLesson, path: workspacePath }),
  'folder:make': z.strictObject({ ...inLesson, path: workspacePath }),
  /** Write a `file` or `solution` block's content to the workspace. */
  'file:apply': z.strictObject({ ...inLesson, block: blockId }),

  'build:start': z.strictObject({ ...inLesson, path: workspacePath }),
  'build:cancel': z.strictObject({ ...inLesson, build: z.string().max(64) }),

  /** Look now, and say what is missing. Without `check`: all of the lesson. */
  'check:evaluate': z.strictObject({ ...inLesson, check: blockId.optional() }),
} as const;

export type RequestName = keyof typeof requests;
export type RequestPayload<N extends RequestName> = z.infer<(typeof requests)[N]>;

/** What a page learns when it opens a lesson; everything after comes as facts. */
export interface LessonOpened {
  sandbox: SandboxStatus;
  progress: LessonProgress;
  checks: CheckResult[];
  /** Of the quizzes that are passed. */
  quizzes: QuizVerdict[];
  preparation: Preparation | null;
  terminals: TerminalSummary[];
  build: BuildStatus | null;
  /** What is kept of that build's output; `seq` as in `build:output`. */
  buildOutput: { seq: number; text: string } | null;
}

export interface TerminalSummary {
  terminal: string;
  /** A command runs in it (as its shell reports); null when that is unknown. */
  busy: boolean | null;
}

export interface TerminalOpened {
  /** Changes when the shell is a new one: then what the page has is of another shell, and is cleared. */
  generation: string;
  /** The first byte that will be sent: larger than asked for when older output is no longer kept. */
  from: number;
  /** The end of the output now. */
  end: number;
}

export interface Results {
  'lesson:open': LessonOpened;
  'lesson:leave': null;
  'lesson:visit-step': null;
  /** The page reads the lesson again. */
  'lesson:answer-variables': null;
  /** What becomes of it comes as facts. */
  'lesson:start-over': null;
  'preparation:retry': null;
  'preparation:cancel': null;
  'quiz:answer': QuizVerdict;
  'practice:answer': QuizVerdict;
  'placement:answer': PlacementView;
  'placement:begin': PlacementView;
  'certificate:name': { name: string };
  'solution:show': null;
  'author:read': AuthorLesson;
  'sandbox:start': SandboxStatus;
  'sandbox:reset': SandboxStatus;
  'sandbox:dismiss': null;
  /** `kept`: files that were there already and stay; the archive's version is beside them as `NAME.restored`. 20 at most. */
  'sandbox:restore': { restored: number; kept: string[] };
  'terminal:list': TerminalSummary[];
  'terminal:open': TerminalOpened;
  'terminal:input': null;
  'terminal:resize': null;
  'terminal:acknowledge': null;
  'terminal:run': { terminal: string };
  'terminal:close': null;
  'terminal:detach': null;
  'file:list': WorkspaceTree;
  'file:read': WorkspaceFile;
  'file:write': { version: string };
  'file:rename': null;
  'file:remove': null;
  'folder:make': null;
  'file:apply': { path: string; version: string };
  'build:start': BuildStatus;
  'build:cancel': null;
  'check:evaluate': CheckResult[];
}

/** Facts, server → page. */
export interface Facts {
  'sandbox:changed': (fact: { sandbox: SandboxStatus }) => void;
  /** Every few seconds while a page is open and the sandbox is ready. */
  'sandbox:measured': (fact: { use: SandboxUse }) => void;
  'terminal:output': (fact: {
    lesson: string;
    terminal: string;
    generation: string;
    seq: number;
    data: Uint8Array;
  }) => void;
  /** The shell ended (`exitCode`), or its connection was lost (null) and is being looked for again. */
  'terminal:exited': (fact: { lesson: string; terminal: string; exitCode: number | null }) => void;
  'terminal:changed': (fact: { lesson: string; terminals: TerminalSummary[] }) => void;
  /** Something in the workspace changed; `paths` are those that did, or null: many, look at all. */
  'workspace:changed': (fact: { lesson: string; paths: string[] | null }) => void;
  /** `seq`: the number of the text's first UTF-16 code unit since this build began. */
  'build:output': (fact: { lesson: string; build: string; seq: number; text: string }) => void;
  'build:changed': (fact: { lesson: string; build: BuildStatus }) => void;
  'check:changed': (fact: { lesson: string; checks: CheckResult[] }) => void;
  'progress:changed': (fact: { progress: LessonProgress }) => void;
  /** The text is another one now (its source changed, or the learner answered its variables): read it again. */
  'lesson:changed': (fact: { lesson: string }) => void;
  'preparation:changed': (fact: { lesson: string; preparation: Preparation | null }) => void;
  'quiz:judged': (fact: { lesson: string; verdict: QuizVerdict }) => void;
  /** To pages that asked with `author:read`: checks that were looked at. */
  'author:observed': (fact: { lesson: string; checks: AuthorCheck[] }) => void;
  /** To everybody: images that the lab serves, or makes, and that are in another state now. At most twice a second. */
  'images:changed': (fact: { images: ImageView[] }) => void;
}

export type FactName = keyof Facts;
export type Fact<N extends FactName> = Parameters<Facts[N]>[0];

/** socket.io's type of what a page may send. */
export type ClientToServer = {
  [N in RequestName]: (payload: RequestPayload<N>, acknowledge: (answer: Answer<Results[N]>) => void) => void;
};
export type ServerToClient = Facts;
