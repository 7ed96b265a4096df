import { io, type Socket } from 'socket.io-client';
import * as parser from 'socket.io-msgpack-parser';
import type { Answer } from '../../protocol/errors.ts';
import {
  type Fact,
  type FactName,
  protocolVersion,
  type RequestName,
  type RequestPayload,
  type Results,
} from '../../protocol/events.ts';
import { DrydockError } from '../errors.ts';

/** Longer than the longest check may take (30 s and a little), which is asked for in one request. */
const answerMs = 45_000;

/** A new learner's connection to the lab, as their browser opens it. */
export class LabSocket {
  readonly #socket: Socket;
  readonly #waiting = new Set<{ look: () => void; fail: (error: Error) => void }>();
  #gone: Error | null = null;

  private constructor(socket: Socket) {
    this.#socket = socket;
    socket.on('disconnect', (reason) => this.#end(new Error(`The connection to the lab was lost: ${reason}.`)));
  }

  /** Asks for a page, as a first visit does, and connects with the cookie that came with it. */
  static async visit(url: string): Promise<LabSocket> {
    const answer = await fetch(url, { headers: { accept: 'text/html' }, signal: AbortSignal.timeout(answerMs) });
    const cookie = answer.headers.get('set-cookie')?.split(';')[0];
    await answer.body?.cancel();
    if (cookie === undefined) throw new Error('The lab did not recognise a new visitor: it set no cookie.');
    const socket = io(url, {
      parser,
      auth: { protocol: protocolVersion },
      transports: ['websocket'],
      forceNew: true,
      reconnection: false,
      extraHeaders: { cookie, origin: url },
    });
    const lab = new LabSocket(socket);
    await new Promise<void>((resolve, reject) => {
      socket.once('connect', resolve);
      socket.once('connect_error', reject);
    });
    return lab;
  }

  /**
   * @param take is called in the order of the wire: before any fact that came after the answer
   * @throws DrydockError with the words of a server that refuses
   */
  ask<N extends RequestName>(
    name: N,
    payload: RequestPayload<N>,
    take?: (data: Results[N]) => void,
  ): Promise<Results[N]> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== null) return reject(this.#gone);
      const answered = (lost: Error | null, answer: Answer<Results[N]>) => {
        if (lost !== null) return reject(this.#gone ?? new Error(`The lab did not answer ${name}.`));
        if (!answer.ok) return reject(new DrydockError(answer.error.code, answer.error.message));
        take?.(answer.data);
        resolve(answer.data);
      };
      this.#socket.timeout(answerMs).emit(name, payload, answered);
    });
  }

  /** Nobody waits for the answer. */
  send<N extends RequestName>(name: N, payload: RequestPayload<N>): void {
    if (this.#gone === null) this.#socket.emit(name, payload);
  }

  on<N extends FactName>(name: N, take: (fact: Fact<N>) => void): void {
    this.#socket.on(name as string, (fact: Fact<N>) => {
      take(fact);
      for (const { look } of [...this.#waiting]) look();
    });
  }

  /** Looks whenever a fact has come. @returns false when it had not come true in time */
  until(holds: () => boolean, timeoutMs: number): Promise<boolean> {
    return new Promise((resolve, reject) => {
      if (this.#gone !== null) return reject(this.#gone);
      if (holds()) return resolve(true);
      const done = (settle: () => void) => {
        clearTimeout(timer);
        this.#waiting.delete(waiting);
        settle();
      };
      const timer = setTimeout(() => done(() => resolve(false)), Math.max(0, timeoutMs));
      const waiting = {
        look: () => holds() && done(() => resolve(true)),
        fail: (error: Error) => done(() => reject(error)),
      };
      this.#waiting.add(waiting);
    });
  }

  /** Whatever still waits fails with `reason`. */
  close(reason: Error): void {
    this.#end(reason);
    this.#socket.disconnect();
  }

  #end(reason: Error): void {
    this.#gone ??= reason;
    for (const { fail } of [...this.#waiting]) fail(this.#gone);
  }
}
