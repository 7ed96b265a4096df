import type { Server } from 'node:http';
import { join } from 'node:path';
import { labKey } from '../protocol/lab.ts';
import { createBuildService } from './builds/build-service.ts';
import type { Clock, Ids } from './clock.ts';
import { type Config, sandboxesThatFit } from './config.ts';
import { createLearning } from './create-learning.ts';
import { DisposableStore } from './disposable.ts';
import { createDockerSandboxHost } from './docker/docker-sandbox-host.ts';
import { Engine } from './docker/engine.ts';
import { ImageBuilder } from './docker/image-builder.ts';
import { readSandboxUsage } from './docker/sandbox-usage.ts';
import { DrydockError, errorForLog } from './errors.ts';
import { archiveRoute } from './http/archive-route.ts';
import { healthRoute } from './http/health-route.ts';
import { createLabHttp, type PageRenderer } from './http/lab-http.ts';
import { createLabPages } from './http/lab-pages.ts';
import { mediaRoute } from './http/media-route.ts';
import type { NextPages } from './http/next-pages.ts';
import { workspaceRoute } from './http/workspace-route.ts';
import { Identity } from './identity/identity.ts';
import { readCatalogue } from './images/catalogue.ts';
import type { ImageStock } from './images/image-stock.ts';
import { type LabRegistry, openLabImages } from './images/open-lab-images.ts';
import { createLabHealth } from './lab-health.ts';
import { createLessonLibrary, type LessonLibrary } from './lessons/library/lesson-library.ts';
import { watchLessons } from './lessons/library/watch-lessons.ts';
import { listen } from './listening.ts';
import type { Logger } from './logger.ts';
import { createLabOperator } from './operator/lab-operator.ts';
import { measuredHost } from './operator/measured-host.ts';
import { PrometheusMetrics } from './operator/prometheus-metrics.ts';
import { Preparations } from './preparation/preparations.ts';
import { AuthorPages } from './realtime/author-pages.ts';
import { followLibrary } from './realtime/follow-library.ts';
import { followSandboxes } from './realtime/follow-sandboxes.ts';
import { Gateway } from './realtime/gateway.ts';
import { createHostFacts } from './realtime/host-facts.ts';
import { labHandlers } from './realtime/lab-handlers.ts';
import type { LabServices } from './realtime/lab-services.ts';
import { LessonSessions } from './realtime/lesson-sessions.ts';
import { makeLessonSession } from './realtime/make-lesson-session.ts';
import { Presence } from './realtime/presence.ts';
import { LiveSandboxes } from './sandbox/live-sandboxes.ts';
import { poolSize } from './sandbox/pool-size.ts';
import { SandboxManager } from './sandbox/sandbox-manager.ts';
import { buildSeccompProfile } from './sandbox/seccomp/build-seccomp-profile.ts';
import { WorkspaceArchives } from './sandbox/workspace-archives.ts';
import { shutDown } from './shutdown.ts';
import { ArchiveStore } from './store/archive-store.ts';
import { LearnerStore } from './store/learner-store.ts';
import { openStore } from './store/open-store.ts';
import { SandboxStore } from './store/sandbox-store.ts';
import { SetupStore } from './store/setup-store.ts';
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
  /** What fills that registry, and what is shown of it; null: this lab neither makes nor shows images. */
  registry: LabRegistry | null;
  /** The folder with the catalogue of images; that of the clone unless given. */
  imagesFolder?: string;
  /** Lessons that somebody has read and that stay as they are; those of the configuration, as they are at any time, unless given. */
  library?: LessonLibrary;
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
  /** Images as they are made and served; null: this lab has nothing to do with any registry. */
  images: Pick<ImageStock, 'view' | 'counts' | 'onWork' | 'settled'> | null;
  /** Listens, takes over the sandboxes that are there, and resolves to the address. */
  start(): Promise<{ host: string; port: number; url: string }>;
  /** Ends everything in order within `deadlineMs`. Learners' sandboxes stay. */
  stop(deadlineMs: number): Promise<void>;
}

/** How long a lab waits for its registry before it is there without knowing what it has, in milliseconds. */
const imagesPatience = 2_000;

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
  const imagesFolder = options.imagesFolder ?? join(config.root, 'images');
  const catalogue = await readCatalogue(imagesFolder);
  const library =
    options.library ?? (await createLessonLibrary({ directories: config.lessonDirs, images: catalogue, logger }));
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
  const hostFacts = createHostFacts(() => host.describe(), clock);
  const learning = createLearning({
    library,
    store,
    hostFacts,
    directories: config.lessonDirs,
    version: options.version,
    clock,
    logger,
  });
  const { reader, progress } = learning;
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
  const images =
    options.registry === null
      ? null
      : openLabImages({
          config,
          registry: options.registry,
          catalogue,
          imagesFolder,
          library,
          clock,
          logger,
          metrics,
          onChanged: (changed) => gateway.tellAll('images:changed', { images: changed }),
        });
  const stock = images?.stock ?? null;
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

  const health = createLabHealth({
    version: options.version,
    sandboxImage: options.sandboxImage,
    host,
    images: new ImageBuilder(engine),
    sandboxes,
    stock,
    clock,
  });
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
        ...learning,
        preparations,
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
    sandboxes,
    stock,
    archives,
    sessions,
    authors,
    preparations,
    terminals,
    builds,
    ...learning,
    rootOf,
    workspaceOf,
    emptyWorkspace,
  };
  gateway.use(labHandlers(services));
  const following = new DisposableStore();
  following.add(followSandboxes(services));
  following.add(followLibrary(services));
  const operator = createLabOperator({
    config,
    version: options.version,
    logger,
    metrics,
    sandboxes,
    stock,
    terminals,
    gateway,
    host,
    usage: (running) => readSandboxUsage(engine, running),
  });
  (globalThis as Record<symbol, unknown>)[labKey] = createLabPages({
    library,
    ...learning,
    sandboxes,
    stock,
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
    images: stock,
    start: async () => {
      sandboxes.watch();
      // An engine that is away now is no reason not to serve the lessons: the pages say what is missing.
      await sandboxes.adopt().catch((error: unknown) => {
        logger.warn(errorForLog(error), 'could not look for sandboxes of the last time');
      });
      await images?.start(imagesPatience);
      const address = await listen(http, config);
      await operator.start();
      if (options.library === undefined) {
        const directories = config.lessonDirs;
        following.add(watchLessons({ directories, reload: (paths) => library.reload(paths), logger }));
      }
      return address;
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
              stock?.dispose();
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
          { name: 'images', run: () => images?.stop() },
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
