import type { Duplex } from 'node:stream';
import { DrydockError } from '../errors.ts';

/** Milliseconds; a daemon that is up answers in a few. */
const answerTimeout = 5_000;

/** Asks `GET /_ping` over a fresh connection to a dockerd, and closes it. @throws daemon.unreachable */
export async function pingDaemon(connection: Duplex): Promise<void> {
  try {
    const answer = await new Promise<string>((resolve, reject) => {
      const timer = setTimeout(() => reject(new Error('no answer in time')), answerTimeout);
      let text = '';
      const finish = (): void => {
        clearTimeout(timer);
        resolve(text);
      };
      connection.on('data', (chunk: Buffer) => {
        text += chunk.toString('latin1', 0, 64);
        // "HTTP/1.1 200"
        if (text.length >= 12) finish();
      });
      connection.on('close', finish);
      connection.on('error', finish);
      connection.write('GET /_ping HTTP/1.1\r\nHost: docker\r\nConnection: close\r\n\r\n');
    });
    if (!/^HTTP\/1\.[01] 200/.test(answer)) throw new Error('the answer is not “200 OK”');
  } catch (error) {
    throw new DrydockError(
      'daemon.unreachable',
      'The Docker in your sandbox does not answer yet. It may still be starting: try again in a moment.',
      { cause: error },
    );
  } finally {
    connection.destroy();
  }
}
