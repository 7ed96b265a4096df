import type { Fact, FactName } from '../../protocol/events.ts';

/** One page's connection, as handlers see it. */
export interface PageSocket {
  /** Unique among all connections. */
  readonly id: string;
  send<N extends FactName>(name: N, fact: Fact<N>): void;
}
