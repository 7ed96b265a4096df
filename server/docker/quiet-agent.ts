import { Agent } from 'node:http';
import { inspect } from 'node:util';

/**
 * An HTTP agent that is printed as a word. docker-modem prints the options of every request for its debug log, to
 * any depth and whether that log is on or not: with all connections hanging off the agent, seconds of CPU each.
 */
export class QuietAgent extends Agent {
  [inspect.custom](): string {
    return 'Agent';
  }
}
