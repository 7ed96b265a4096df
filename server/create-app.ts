import { once } from 'node:events';
import type { Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { type Health, labKey } from '../protocol/lab.ts';
import { createBuildService } from './builds/build-service.ts';
import type { Clock, Ids } from './clock.ts';
import { type Config, sandboxesThatFit } from './config.ts';
import { DisposableStore } from './disposable.ts';
import { createDockerSandboxHost } from './docker/docker-sandbox-host.ts';
import { Engine } from './docker/engine.ts';
import { ImageBuilder } from './docker/image-builder.ts';
import { readSandboxUsage } from './docker/sandbox-usage.ts';
import { DrydockError, errorForLog, toErrorBody } from './errors.ts';
import { archiveRoute } from './http/archive-route.ts';
import { healthRoute } from './http/health-route.ts';
import { createLabHttp, type PageRenderer } from './http/lab-http.ts';
import { createLabPages } from './http/lab-pages.ts';
import { mediaRoute } from './http/media-route.ts';
import type { NextPages } from './http/next-pages.ts';
import { workspaceRoute } from './http/workspace-route.ts';
import { Identity } from './identity/identity.ts';
import { createLessonLibrary } from './lessons/lesson-library.ts';
import { watchLessons } from './lessons/watch-lessons.ts';
import type { Logger } from './logger.ts';
import { createLabOperator } from './operator/lab-operator.ts';
import { measuredHost } from './operator/measured-host.ts';
import { PrometheusMetrics } from './operator/prometheus-metrics.ts';
import { Practice } from './practice/practice.ts';
import { Preparations } from './preparation/preparations.ts';
import { authorHandlers } from './realtime/author-handlers.ts';
import { AuthorPages } from './realtime/author-pages.ts';
import { buildHandlers } from './realtime/build-handlers.ts';
import { fileHandlers } from './realtime/file-handlers.ts';
import { followLibrary } from './realtime/follow-library.ts';
import { followSandboxes } from './realtime/follow-sandboxes.ts';
import { Gateway } from './realtime/gateway.ts';
import { createHostFacts } from './realtime/host-facts.ts';
import type { LabServices } from './realtime/lab-services.ts';
import { lessonHandlers } from './realtime/lesson-handlers.ts';
import { createLessonReader } from './realtime/lesson-reader.ts';
import { LessonSessions } from './realtime/lesson-sessions.ts';
import { makeLessonSession } from './realtime/make-lesson-session.ts';
import { preparationHandlers } from './realtime/preparation-handlers.ts';
import { Presence } from './realtime/presence.ts';
import { quizHandlers } from './realtime/quiz-handlers.ts';
import { terminalHandlers } from './realtime/terminal-handlers.ts';
import { LiveSandboxes } from './sandbox/live-sandboxes.ts';
import { poolSize } from './sandbox/pool-size.ts';
import { SandboxManager } from './sandbox/sandbox-manager.ts';
import { buildSeccompProfile } from './sandbox/seccomp/build-seccomp-profile.ts';
import { WorkspaceArchives } from './sandbox/workspace-archives.ts';
import { shutDown } from './shutdown.ts';
import { ArchiveStore } from './store/archive-store.ts';
import { LearnerStore } from './store/learner-store.ts';
import { openStore } from './store/open-store.ts';
import { PracticeStore } from './store/practice-store.ts';
import { ProgressStore } from './store/progress-store.ts';
import { SandboxStore } from './store/sandbox-store.ts';
import { SetupStore } from './store/setup-store.ts';
import { VariableStore } from './store/variable-store.ts';
import { systemUptime } from './system-clock.ts';
import { createTerminalHub } from './terminal/terminal-hub.ts';
import { createWorkspace } from './workspace/workspace.ts';
import { workspaceRoot } from './workspace/workspace-paths.ts';

export interface AppOptions {
  config: Config;
  version: string;
  /** The sandbox image and the registry's socket volume, as the set-up made them. */
  sandboxImage: string;
  registryVolume: string | null;
  /** AppArmor profile that the set-up loaded for sandboxes; none unless given. */
  apparmorProfile?: string | null;
  logger: Logger;
  clock: Clock;
  /** A clock that never jumps, in milliseconds since whenever; the machine's own unless a test says otherwise. */
  uptime?: Clock;
  ids: Ids;
  /** Next, or null: a server without pages, for tests of everything else. */
  pages: NextPages | null;
  development: boolean;
}

export interface App {
  http: Server;
  /** Listens, takes over the sandboxes that are there, and resolves to the address. */
  start(): Promise<{ host: string; port: number; url: string }>;
  /** Ends everything in order within `deadlineMs`. Learners' sandboxes stay. */
  stop(deadlineMs: number): Promise<void>;
}

/** Bytes that a tar of a full home may be larger than the home, before it is compressed. */
const archiveOverhead = 64 * 2 ** 20;

const withoutPages: PageRenderer = {
  render: async () => {
    throw new DrydockError('request.unknown', 'There is nothing at this address.');
  },
};

/** The whole lab as a value: nothing runs until `start`, and `stop` leaves nothing running. */
export async function createApp(options: AppOptions): Promise<App> {
  const { config, logger, clock, ids } = options;
  const metrics = new PrometheusMetrics();
  const store = await openStore(config.dataDir, () => metrics.count('drydock_database_errors_total', {}));
  const learners = new LearnerStore(store);
  const progress = new ProgressStore(store);
  const library = await createLessonLibrary({ directories: config.lessonDirs, logger });
  const engine = new Engine(config.engine, config.lab, logger);
  const host = measuredHost(
    createDockerSandboxHost({
      engine: config.engine,
      lab: config.lab,
      seccompProfile: buildSeccompProfile(),
      apparmorProfile: options.apparmorProfile ?? null,
      disks: { folder: join(config.dataDir, 'disks'), limit: config.diskLimit },
      egressRange: config.egress.policy === 'none' ? null : config.egress.range,
      logger,
    }),
    metrics,
  );
  const images = new ImageBuilder(engine);
  const hostFacts = createHostFacts(() => host.describe(), clock);
  const variables = new VariableStore(store);
  const reader = createLessonReader({ library, variables, hostFacts });
  const practice = new Practice({ reader, store: new PracticeStore(store), clock });
  const maxSandboxes = config.maxSandboxes ?? (await defaultMaxSandboxes(host, config));
  const archives = new WorkspaceArchives({
    dataDir: config.dataDir,
    store: new ArchiveStore(store),
    host,
    clock,
    ids,
    logger,
    largest: config.sandbox.home.bytes + archiveOverhead,
  });
  const builds = createBuildService({ host, logger, clock, ids });
  const sandboxes = new SandboxManager({
    host,
    store: new SandboxStore(store),
    archives,
    clock,
    uptime: options.uptime ?? systemUptime,
    ids,
    logger,
    limits: config.sandbox,
    maxSandboxes,
    image: options.sandboxImage,
    registryVolume: options.registryVolume,
    pool: poolSize(config.pool, maxSandboxes),
    idle: config.idle,
    egress: config.egress.policy,
    isBusy: (id) => builds.isRunning(id),
  });
  const live = new LiveSandboxes({ host, logger });
  const terminals = createTerminalHub({ host, logger, clock, ids, metrics });
  const identity = new Identity({ learners, clock, ids, lab: config.lab, mayAuthor: config.authoring });
  const roots = new Map<string, string>();
  const rootOf = (lesson: string): string => {
    // Kept: a lesson of the same name that comes while the lab runs must not move anybody's files.
    const root = roots.get(lesson) ?? workspaceRoot(lesson, library.ids());
    if (library.has(lesson, { broken: true })) roots.set(lesson, root);
    return root;
  };
  const workspaceOf = (learner: string, lesson: string) =>
    createWorkspace({ host, sandboxId: sandboxes.ready(learner).id, root: rootOf(lesson) });

  let lastLook: { at: number; seen: ReturnType<typeof look> } | null = null;
  const health = async (): Promise<Health> => {
    // Anybody may ask, as often as they like; the engine is asked once a second.
    if (lastLook === null || clock.now() - lastLook.at > 1_000 || clock.now() < lastLook.at) {
      lastLook = { at: clock.now(), seen: look() };
    }
    const seen = await lastLook.seen;
    const { byState, pool, limit } = sandboxes.counts();
    return { version: options.version, pool: { ready: pool.ready, inUse: byState.ready, limit }, ...seen };
  };
  const look = async (): Promise<Pick<Health, 'status' | 'engine' | 'sandboxImage' | 'reason'>> => {
    const reference = options.sandboxImage;
    try {
      const [engine, image] = await Promise.all([host.describe(), images.find(reference)]);
      const present = image !== null;
      return {
        status: present ? 'ok' : 'unavailable',
        engine: { reachable: true, version: engine.engineVersion },
        sandboxImage: { reference, present },
        reason: present
          ? null
          : { code: 'sandbox.image-missing', message: `The image ${reference} is missing. Run npm start to make it.` },
      };
    } catch (error) {
      const { code, message } = toErrorBody(error);
      return {
        status: 'unavailable',
        engine: { reachable: false, version: null },
        sandboxImage: { reference, present: false },
        reason: { code, message },
      };
    }
  };

  const http = createLabHttp({
    boundHost: config.host,
    development: options.development,
    identity,
    logger,
    routes: [
      healthRoute(health),
      mediaRoute(library),
      workspaceRoute({
        identity,
        reader,
        workspaceOf,
        reachSandbox: async (learner) => {
          await sandboxes.wake(learner);
          return sandboxes.use(learner);
        },
      }),
      archiveRoute({ identity, archives }),
    ],
    pages: options.pages ?? withoutPages,
  });
  const presence = new Presence({
    onLastPageLeft: (learner) => sandboxes.setAttended(learner, false),
  });
  const gateway = new Gateway({
    http,
    boundHost: config.host,
    identity,
    clock,
    logger,
    metrics,
    sandboxes,
    onArrive: (actor, page) => presence.arrive(actor.learner, page.id),
    onLeave: (actor, page) => {
      terminals.viewerGone(page.id);
      authors.leave(page);
      sessions.pageGone(page);
      presence.leave(actor.learner, page.id);
    },
  });
  const sessions: LessonSessions = new LessonSessions({
    make: (actor, lesson) =>
      makeLessonSession({
        actor,
        lesson,
        library,
        reader,
        preparations,
        progress,
        clock,
        logger,
        metrics,
        gateway,
        host,
        live,
        rootOf,
      }),
    graceMs: 15_000,
    onClosed: (learner, lesson) => sandboxes.askEgress(learner, lesson, false),
  });
  const authors = new AuthorPages({ sessions });
  const emptyWorkspace = async (sandboxId: string, lesson: string) => {
    await createWorkspace({ host, sandboxId, root: rootOf(lesson) }).clear();
  };
  const preparations: Preparations = new Preparations({
    reader,
    done: new SetupStore(store),
    progress,
    sandboxes,
    terminals,
    host,
    sessions,
    rootOf,
    workspaceOf,
    emptyWorkspace,
    tell: (learner, lesson, preparation) => gateway.tell(learner, 'preparation:changed', { lesson, preparation }),
    clock,
    logger,
  });
  const services: LabServices = {
    logger,
    clock,
    gateway,
    library,
    reader,
    sandboxes,
    archives,
    sessions,
    authors,
    preparations,
    terminals,
    builds,
    progress,
    variables,
    practice,
    rootOf,
    workspaceOf,
    emptyWorkspace,
  };
  gateway.use({
    ...lessonHandlers(services),
    ...terminalHandlers(services),
    ...fileHandlers(services),
    ...buildHandlers(services),
    ...quizHandlers(services),
    ...preparationHandlers(services),
    ...authorHandlers(services),
  });
  const following = new DisposableStore();
  following.add(followSandboxes(services));
  following.add(followLibrary(services));
  const operator = createLabOperator({
    config,
    version: options.version,
    logger,
    metrics,
    sandboxes,
    terminals,
    gateway,
    host,
    usage: (running) => readSandboxUsage(engine, running),
  });
  (globalThis as Record<symbol, unknown>)[labKey] = createLabPages({
    library,
    reader,
    progress,
    practice,
    sandboxes,
    hostFacts,
    actorOf: (learner) => identity.actorOf(learner),
  });

  http.on('upgrade', (request, socket, head) => {
    if (Gateway.isMine(request.url)) return; // socket.io has its own listener
    if (options.pages === null) socket.destroy();
    else options.pages.upgrade(request, socket, head);
  });

  return {
    http,
    start: async () => {
      sandboxes.watch();
      // An engine that is away now is no reason not to serve the lessons: the pages say what is missing.
      await sandboxes.adopt().catch((error: unknown) => {
        logger.warn(errorForLog(error), 'could not look for sandboxes of the last time');
      });
      http.listen(config.port, config.host);
      await once(http, 'listening').catch((cause: unknown) => {
        throw cannotListen(config, cause);
      });
      await operator.start();
      following.add(watchLessons({ directories: config.lessonDirs, reload: (paths) => library.reload(paths), logger }));
      const { port } = http.address() as AddressInfo;
      return { host: config.host, port, url: `http://${urlHost(config.host)}:${port}` };
    },
    stop: async (deadlineMs) => {
      await shutDown(
        [
          {
            name: 'no new requests',
            run: () => {
              http.close();
            },
          },
          { name: 'operator', run: () => operator.stop() },
          { name: 'pages', run: () => gateway.close() },
          {
            name: 'followers',
            run: () => {
              following.dispose();
              authors.dispose();
              preparations.dispose();
              sessions.dispose();
              live.dispose();
            },
          },
          { name: 'builds', run: () => builds.dispose() },
          { name: 'terminals', run: () => terminals.dispose() },
          { name: 'sandboxes', run: () => sandboxes.dispose() },
          { name: 'next', run: () => options.pages?.close() },
          {
            name: 'connections',
            run: () => {
              http.closeAllConnections();
            },
          },
          { name: 'starts under way', run: () => sandboxes.settled() },
          { name: 'preparations', run: () => preparations.settled() },
          { name: 'database', run: () => store.destroy() },
        ],
        { deadlineMs, logger },
      );
    },
  };
}

async function defaultMaxSandboxes(host: { describe(): Promise<{ memory: number }> }, config: Config): Promise<number> {
  try {
    return sandboxesThatFit((await host.describe()).memory, config.sandbox.memory);
  } catch {
    // The engine is away; a small number until the next start is better than no lab.
    return 4;
  }
}

function cannotListen({ host, port }: Config, cause: unknown): DrydockError {
  const code = cause instanceof Error && 'code' in cause ? cause.code : undefined;
  const reason =
    code === 'EADDRINUSE'
      ? `Something else listens on port ${port} already. Stop it, or take another port: PORT=${port + 1} npm start`
      : code === 'EACCES'
        ? `This user may not listen on port ${port}. Take one above 1023, for example PORT=3000.`
        : `HOST=${JSON.stringify(host)} is no address of this machine. Allowed is an IP address or a name it has.`;
  return new DrydockError('config.invalid', reason, { cause });
}

function urlHost(host: string): string {
  if (host === '0.0.0.0' || host === '::') return 'localhost';
  return host.includes(':') ? `[${host}]` : host;
}
