import { mkdtempSync, rmSync } from 'node:fs';
import { createConnection, createServer, type Server, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A socket in front of the real engine that can be cut: for tests, an engine that stops and starts again. */
export class EngineRelay {
  readonly socketPath: string;
  readonly #folder: string;
  readonly #engineSocket: string;
  readonly #open = new Set<Socket>();
  #server: Server | null = null;

  constructor(engineSocket: string) {
    this.#engineSocket = engineSocket;
    this.#folder = mkdtempSync(join(tmpdir(), 'drydock-engine-'));
    this.socketPath = join(this.#folder, 'docker.sock');
  }

  async start(): Promise<void> {
    const server = createServer({ allowHalfOpen: true }, (client) => {
      const engine = createConnection({ path: this.#engineSocket, allowHalfOpen: true });
      for (const socket of [client, engine]) {
        this.#open.add(socket);
        socket.on('error', () => socket.destroy());
        socket.on('close', () => this.#open.delete(socket));
      }
      client.pipe(engine).pipe(client);
      client.on('close', () => engine.destroy());
      engine.on('close', () => client.destroy());
    });
    this.#server = server;
    await new Promise<void>((resolve) => server.listen(this.socketPath, resolve));
  }

  /** Cuts every connection and takes the socket away, as an engine that stops does. */
  async stop(): Promise<void> {
    const server = this.#server;
    this.#server = null;
    for (const socket of this.#open) socket.destroy();
    if (server !== null) await new Promise<void>((resolve) => server.close(() => resolve()));
  }

  async dispose(): Promise<void> {
    await this.stop();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
