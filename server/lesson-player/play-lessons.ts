import { hostname } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { parseConfig } from '../config.ts';
import { createDockerSandboxHost } from '../docker/docker-sandbox-host.ts';
import { describeError } from '../errors.ts';
import type { Lesson } from '../lessons/lesson.ts';
import { createLessonLibrary, type LessonLibrary } from '../lessons/library/lesson-library.ts';
import { readSetupRecord } from '../setup-record.ts';
import { systemClock } from '../system-clock.ts';
import { jobsThatFit } from './jobs.ts';
import { LabSocket } from './lab-socket.ts';
import { imagesOfOthers, openLessonImages, prepareLessonImages } from './lesson-images.ts';
import type { LiveDisplay } from './live-display.ts';
import { namesForeignTo, namesOfThisPlace } from './place-names.ts';
import { type PlayOptions, playLesson } from './play-lesson.ts';
import type { LessonToPlay, PlayRequest } from './play-request.ts';
import { openPlayerLab, type PlayerLab } from './player-lab.ts';
import type { LessonReport, PlayReport } from './report.ts';
import { SocketPage } from './socket-page.ts';

export interface PlaySurroundings {
  /** The clone. */
  root: string;
  env: Record<string, string | undefined>;
  signal: AbortSignal;
  display: LiveDisplay;
  /** Told of every lesson as it is done. */
  onLesson: (report: LessonReport) => void;
}

/**
 * Plays lessons, several at a time, each on a server and in a sandbox of its own. When `signal` aborts, everything
 * is removed and what is done by then is reported.
 * @throws config.invalid, sandbox.image-missing, engine.unreachable
 */
export async function playLessons(request: PlayRequest, around: PlaySurroundings): Promise<PlayReport> {
  const began = systemClock.now();
  const { signal, display, onLesson } = around;
  const config = parseConfig(around.env, { root: around.root });
  const made = await readSetupRecord(config.dataDir);
  const silent = { debug() {}, info() {}, warn() {}, error() {} };
  const host = createDockerSandboxHost({ engine: config.engine, lab: config.lab, seccompProfile: {}, logger: silent });
  const engine = await host.describe();
  const libraries = new Map<string, LessonLibrary>();
  for (const root of new Set(request.lessons.map((lesson) => lesson.root)))
    libraries.set(root, await createLessonLibrary({ directories: [root], logger: silent }));

  const references = request.lessons.flatMap(({ id, root, problems }) => {
    const library = libraries.get(root);
    return problems.length === 0 && library?.has(id) ? library.lesson(id).frontMatter.images : [];
  });
  const images = await openLessonImages(config, made, silent);
  const missingImages = await prepareLessonImages(images, references, { display, signal }).catch((error: unknown) => {
    if (!signal.aborted) throw error;
    return () => [];
  });

  const ofOthers = await imagesOfOthers(images);
  const placeNames = namesOfThisPlace({ ...around, host: hostname() });
  const playOne = async (wanted: LessonToPlay): Promise<LessonReport> => {
    const report = blankReport(wanted);
    const library = libraries.get(wanted.root);
    if (report.problems.length > 0 || library === undefined || !library.has(wanted.id))
      return { ...report, state: 'failed' };
    const lesson = library.lesson(wanted.id);
    if (lesson.frontMatter.needs.includes('cgroup2') && engine.cgroupVersion !== '2')
      return { ...report, state: 'skipped', reason: 'It needs cgroup v2, and this engine has v1.' };
    const missing = lesson.frontMatter.egress === 'none' ? missingImages(lesson.frontMatter.images) : [];
    if (missing.length > 0) return { ...report, state: 'failed', trouble: missing };
    const line = display.begin(wanted.id);
    const from = systemClock.now();
    try {
      const lab = await openPlayerLab({
        config,
        made,
        lessons: wanted.root,
        library,
        sandboxes: request.startOver ? 2 : 1,
        onTrouble: (words) => report.trouble.length < 20 && report.trouble.push(words),
      });
      try {
        const { startOver } = request;
        const strangers = ofOthers(lesson.frontMatter.images);
        const outputs = request.outputs === 'compare' && strangers.length > 0 ? 'tell' : request.outputs;
        const ofThisPlace = namesForeignTo(library.sourceOf(wanted.id)?.source ?? '', placeNames);
        const onProgress = line.tell.bind(line);
        const played = await playIn(lab, { lesson, library, signal, startOver, outputs, ofThisPlace, onProgress });
        report.steps = played.steps;
        report.outputs = played.outputs;
        report.failures = played.failures;
        const lines = outputs === 'tell' ? played.outputs.filter(({ state }) => state === 'stale') : [];
        if (outputs === 'collect' && strangers.length > 0)
          report.notes.push(
            `Seen with images of Docker Hub (${strangers.join(', ')}): with Drydock’s own, outputs may be others.`,
          );
        if (lines.length > 0)
          report.notes.push(
            `Not what its commands printed, in lines ${lines.map(({ line }) => line).join(', ')}. That does not count: ${strangers.join(', ')} came from Docker Hub, and what is shown was seen with Drydock’s own.`,
          );
      } finally {
        line.tell({ doing: 'removing the sandbox' });
        await lab.dispose();
      }
    } catch (error) {
      if (signal.aborted) throw error;
      report.trouble.push(describeError(error));
      report.state = 'failed';
    } finally {
      line.end();
      report.milliseconds = systemClock.now() - from;
    }
    return { ...report, state: report.state === 'failed' || report.failures.length > 0 ? 'failed' : 'passed' };
  };

  const results = new Map<LessonToPlay, LessonReport>();
  const waiting = [...request.lessons];
  const memory = config.sandbox.memory * (request.startOver ? 2 : 1);
  const jobs = request.jobs ?? jobsThatFit(engine, memory);
  const playAndTell = async (wanted: LessonToPlay, earlier: LessonReport['earlier'] = []) => {
    const played = { ...(await playOne(wanted)), earlier };
    const report = request.finish === undefined ? played : await request.finish(played);
    onLesson(report);
    return report;
  };
  const work = async () => {
    for (let next = waiting.shift(); next !== undefined && !signal.aborted; next = waiting.shift()) {
      try {
        results.set(next, await playAndTell(next));
      } catch (error) {
        if (!signal.aborted) throw error;
      }
    }
  };
  try {
    // All of them to their end, even when one cannot go on: whoever is in the middle has something to remove.
    const ends = await Promise.allSettled(Array.from({ length: Math.min(jobs, waiting.length) }, work));
    for (const end of ends) if (end.status === 'rejected') throw end.reason;
    for (let tries = 0; tries < request.retries; tries++) {
      for (const [wanted, { state, problems, failures, trouble, earlier }] of results) {
        // What the linter found is there the next time, too.
        if (signal.aborted || state !== 'failed' || problems.length > 0) continue;
        try {
          results.set(wanted, await playAndTell(wanted, [...earlier, { failures, trouble }]));
        } catch (error) {
          if (!signal.aborted) throw error;
        }
      }
    }
  } finally {
    display.dispose();
  }
  const lessons = request.lessons.flatMap((lesson) => results.get(lesson) ?? []);
  const count = (state: LessonReport['state']) => lessons.filter((lesson) => lesson.state === state).length;
  return {
    passed: count('passed'),
    failed: count('failed'),
    skipped: count('skipped'),
    interrupted: signal.aborted,
    milliseconds: systemClock.now() - began,
    lessons,
  };
}

/** Plays one lesson as a learner who is new to this lab. @throws when `signal` aborted */
async function playIn(
  lab: PlayerLab,
  around: { lesson: Lesson; library: LessonLibrary; startOver: boolean } & Pick<
    PlayOptions,
    'signal' | 'onProgress' | 'outputs' | 'ofThisPlace'
  >,
) {
  const { lesson, library, startOver, signal, ...rest } = around;
  signal.throwIfAborted();
  const visits: { socket: LabSocket; page: SocketPage }[] = [];
  const close = async (why: string) => {
    for (const { socket, page } of visits) {
      await page.settled();
      socket.close(new Error(why));
    }
  };
  const visit = async () => {
    signal.throwIfAborted();
    const socket = await LabSocket.visit(lab.url);
    const page = new SocketPage(socket, lesson.id);
    visits.push({ socket, page });
    signal.throwIfAborted();
    return page;
  };
  const stop = () => void close('Interrupted.');
  signal.addEventListener('abort', stop);
  try {
    return await playLesson({
      lesson,
      page: await visit(),
      runSetup: (command, timeoutMs) => lab.runSetup(lesson.id, library, command, timeoutMs),
      clock: systemClock,
      wait: (milliseconds) => delay(milliseconds, undefined, { signal }),
      signal,
      ...rest,
      ...(startOver ? { newcomer: visit } : {}),
    });
  } finally {
    signal.removeEventListener('abort', stop);
    await close('Done.');
  }
}

function blankReport({ id, file, problems }: LessonToPlay): LessonReport {
  const rest = {
    state: 'passed' as const,
    milliseconds: 0,
    reason: null,
    steps: [],
    outputs: [],
    failures: [],
    earlier: [],
    notes: [],
    trouble: [],
  };
  return { lesson: id, file, problems: [...problems], ...rest };
}
