import * as z from 'zod';
import { errorCodes } from '../../protocol/errors.ts';
import type { Config } from '../config.ts';
import { DrydockError } from '../errors.ts';
import { type ListedSandbox, sandboxList } from './listed-sandbox.ts';
import { type OperatorRecord, readOperatorRecord, writerRuns } from './operator-record.ts';

/** The lab that runs on a data folder, as its operator can use it. Everything throws DrydockError. */
export interface LabOperator {
  list(): Promise<ListedSandbox[]>;
  stop(id: string): Promise<void>;
  remove(id: string, files: 'keep' | 'discard'): Promise<void>;
}

const refusal = z.object({ error: z.object({ code: z.enum(errorCodes), message: z.string() }) });

/** Milliseconds: removing waits for the learner's containers to end and for the archive of their files. */
const answerWithin = 180_000;

/** @throws operator.not-running when no lab of this data folder can be operated */
export async function operatorOf({ dataDir }: Pick<Config, 'dataDir'>): Promise<LabOperator> {
  const record = await readOperatorRecord(dataDir);
  if (record === null || !writerRuns(record)) throw notRunning(dataDir);
  const ask = (method: string, path: string) => request(record, dataDir, method, path);
  return {
    list: async () => {
      const parsed = sandboxList.safeParse(await ask('GET', '/sandboxes'));
      if (!parsed.success) throw notRunning(dataDir);
      return parsed.data.sandboxes;
    },
    stop: async (id) => void (await ask('POST', `/sandboxes/${id}/stop`)),
    remove: async (id, files) =>
      void (await ask('DELETE', `/sandboxes/${id}${files === 'discard' ? '?files=discard' : ''}`)),
  };
}

async function request(record: OperatorRecord, dataDir: string, method: string, path: string): Promise<unknown> {
  let answer: Response;
  let body: unknown;
  try {
    answer = await fetch(`http://127.0.0.1:${record.port}${path}`, {
      method,
      headers: { authorization: `Bearer ${record.token}` },
      signal: AbortSignal.timeout(answerWithin),
    });
    body = await answer.json();
  } catch (cause) {
    if (cause instanceof Error && cause.name === 'TimeoutError') {
      throw new DrydockError(
        'internal',
        'The lab did not answer in time. Look with `npm run sandboxes` what became of it.',
        {
          cause,
        },
      );
    }
    throw notRunning(dataDir, cause);
  }
  if (answer.ok) return body;
  const refused = refusal.safeParse(body);
  // Who does not know the token is not the lab that wrote it down.
  if (!refused.success || refused.data.error.code === 'operator.unauthorised') throw notRunning(dataDir);
  throw new DrydockError(refused.data.error.code, refused.data.error.message);
}

function notRunning(dataDir: string, cause?: unknown): DrydockError {
  return new DrydockError(
    'operator.not-running',
    `No lab runs on the data folder ${dataDir}. Start it with \`npm start\`; if it was started with another DRYDOCK_DATA, give this command the same.`,
    { cause },
  );
}
