import type { Server as HttpServer, IncomingMessage } from 'node:http';
import { Server, type Socket } from 'socket.io';
import * as parser from 'socket.io-msgpack-parser';
import {
  type ClientToServer,
  type Fact,
  type FactName,
  protocolVersion,
  type ServerToClient,
} from '../../protocol/events.ts';
import { limits } from '../../protocol/limits.ts';
import type { Actor } from '../access.ts';
import type { Clock } from '../clock.ts';
import { DrydockError, errorForLog, toErrorBody } from '../errors.ts';
import { isAddressedToUs, isSameOrigin } from '../http/same-origin.ts';
import type { Identity } from '../identity/identity.ts';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { dispatch, type Handlers, type SandboxUser } from './dispatch.ts';
import type { PageSocket } from './page-socket.ts';
import { RequestBudget } from './request-budget.ts';

type LabServer = Server<ClientToServer, ServerToClient, Record<string, never>, { actor: Actor }>;
type LabSocket = Socket<ClientToServer, ServerToClient, Record<string, never>, { actor: Actor }>;

export interface GatewayOptions {
  http: HttpServer;
  boundHost: string;
  identity: Identity;
  clock: Clock;
  logger: Logger;
  metrics: Metrics;
  sandboxes: SandboxUser;
  /** A learner's page came (its connection works) or went. */
  onArrive: (actor: Actor, page: PageSocket) => void;
  onLeave: (actor: Actor, page: PageSocket) => void;
}

const connectionsPerLearner = 24;

/**
 * The sockets of all pages. Origin and host are checked at every upgrade, the person at every connection;
 * packets go to `dispatch`, facts to every page of the learner they concern.
 */
export class Gateway {
  readonly #io: LabServer;
  readonly #options: GatewayOptions;
  #handlers: Handlers | null = null;
  /** One for each learner with a page, with how many pages use it. */
  readonly #budgets = new Map<string, { budget: RequestBudget; pages: number }>();

  constructor(options: GatewayOptions) {
    this.#options = options;
    this.#io = new Server(options.http, {
      parser,
      transports: ['websocket'],
      serveClient: false,
      destroyUpgrade: false,
      // Twice what any request may hold, so that one that is a little too large still gets its answer.
      maxHttpBufferSize: 2 * limits.packet,
      pingInterval: 10_000,
      pingTimeout: 8_000,
      perMessageDeflate: false,
      allowRequest: (request, decide) => this.#allow(request, decide),
    });
    this.#io.use((socket, next) => {
      this.#admit(socket).then(
        () => next(),
        (error: unknown) => next(asConnectError(error)),
      );
    });
    this.#io.on('connection', (socket) => this.#serve(socket));
  }

  /** Handlers come after the gateway, because they send through it. */
  use(handlers: Handlers): void {
    this.#handlers = handlers;
  }

  /** Tells every page of this learner. */
  tell<N extends FactName>(learner: string, name: N, fact: Fact<N>): void {
    const room = this.#io.to(roomOf(learner)) as unknown as { emit(name: string, fact: unknown): void };
    room.emit(name, fact);
    for (const id of this.#io.of('/').adapter.rooms.get(roomOf(learner)) ?? []) {
      const socket = this.#io.of('/').sockets.get(id);
      if (socket !== undefined) dropIfBehind(socket, this.#options);
    }
  }

  /** Tells every page there is. */
  tellAll<N extends FactName>(name: N, fact: Fact<N>): void {
    const everybody = this.#io as unknown as { emit(name: string, fact: unknown): void };
    everybody.emit(name, fact);
    for (const socket of this.#io.of('/').sockets.values()) dropIfBehind(socket, this.#options);
  }

  /** Whether this upgrade is for the pages' socket. */
  static isMine(url: string | undefined): boolean {
    return (
      url !== undefined && (url === '/socket.io' || url.startsWith('/socket.io/') || url.startsWith('/socket.io?'))
    );
  }

  /** How many pages are connected. */
  get pages(): number {
    return this.#io.of('/').sockets.size;
  }

  async close(): Promise<void> {
    await this.#io.close();
  }

  #budgetOf(learner: string, clock: Clock): RequestBudget {
    const known = this.#budgets.get(learner);
    const entry = known ?? {
      budget: new RequestBudget(clock, { capacity: 4_000, perSecond: 2_000, atOnce: 64 }),
      pages: 0,
    };
    entry.pages += 1;
    this.#budgets.set(learner, entry);
    return entry.budget;
  }

  #leaveBudget(learner: string): void {
    const entry = this.#budgets.get(learner);
    if (entry === undefined) return;
    entry.pages -= 1;
    if (entry.pages === 0) this.#budgets.delete(learner);
  }

  #allow(request: IncomingMessage, decide: (message: string | null, success: boolean) => void): void {
    const allowed = isAddressedToUs(request, this.#options.boundHost) && isSameOrigin(request);
    if (!allowed)
      this.#options.logger.warn(
        { origin: request.headers.origin?.slice(0, 200) },
        'refused a socket of another origin',
      );
    decide(allowed ? null : 'request.origin', allowed);
  }

  async #admit(socket: LabSocket): Promise<void> {
    const auth: unknown = socket.handshake.auth;
    const version = typeof auth === 'object' && auth !== null && 'protocol' in auth ? auth.protocol : undefined;
    if (version !== protocolVersion) {
      throw new DrydockError(
        'request.protocol',
        'This page is older than the server. Reload it to go on; nothing is lost.',
      );
    }
    const actor = await this.#options.identity.recognise(socket.handshake.headers.cookie);
    if (actor === null) {
      throw new DrydockError(
        'access.unauthenticated',
        'The server does not know this browser. Reload the page to go on.',
      );
    }
    const present = await this.#io.in(roomOf(actor.learner)).fetchSockets();
    if (present.length >= connectionsPerLearner) {
      throw new DrydockError(
        'request.too-many',
        `You have ${present.length} pages open. Close one and reload this one.`,
      );
    }
    socket.data.actor = actor;
    await socket.join(roomOf(actor.learner));
  }

  #serve(socket: LabSocket): void {
    const { actor } = socket.data;
    const { clock, logger, metrics, sandboxes } = this.#options;
    const untyped = socket as unknown as { emit(name: string, fact: unknown): void };
    const page: PageSocket = {
      id: socket.id,
      send: (name, fact) => {
        untyped.emit(name, fact);
        dropIfBehind(socket, this.#options);
      },
    };
    const budget = this.#budgetOf(actor.learner, clock);
    socket.onAny((name: unknown, ...packet: unknown[]) => {
      const handlers = this.#handlers;
      if (handlers === null || dropIfBehind(socket, this.#options)) return;
      // The parser takes anything for a name, also what cannot be made a text.
      const event = typeof name === 'string' ? name : '';
      void dispatch({ name: event, packet, context: { actor, page }, handlers, budget, sandboxes, logger, metrics });
    });
    // Packets end at `onAny`: passed on, one named `disconnect` or `error` would pose as socket.io's own event.
    socket.use(() => undefined);
    socket.on('error', (error) => logger.warn(errorForLog(error), 'socket error'));
    socket.on('disconnect', () => {
      this.#leaveBudget(actor.learner);
      this.#options.onLeave(actor, page);
    });
    this.#options.onArrive(actor, page);
  }
}

/** Bytes and packets that may wait for a page that does not read; an honest one is never near them. */
const farthestBehind = { bytes: 8 * 1024 * 1024, packets: 2_000 };

/** Ends the connection of a page that lets the server's answers pile up: it comes back when it reads again. */
function dropIfBehind(socket: LabSocket, { logger, metrics }: Pick<GatewayOptions, 'logger' | 'metrics'>): boolean {
  const transport = socket.conn.transport as unknown as { socket?: { bufferedAmount?: number } };
  const bytes = transport.socket?.bufferedAmount ?? 0;
  const packets = (socket.conn as unknown as { writeBuffer: unknown[] }).writeBuffer.length;
  if (bytes <= farthestBehind.bytes && packets <= farthestBehind.packets) return false;
  if (socket.connected) {
    logger.warn({ bytes, packets }, 'dropped a page that does not read');
    metrics.count('drydock_dropped_connections_total', {});
  }
  socket.disconnect(true);
  return true;
}

function roomOf(learner: string): string {
  return `learner:${learner}`;
}

/** socket.io hands `data` to the page's `connect_error`. */
function asConnectError(error: unknown): Error {
  const body = toErrorBody(error);
  return Object.assign(new Error(body.code), { data: body });
}
