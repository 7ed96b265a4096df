import { type Environment, parseConfig } from '../config.ts';
import { readOperatorRecord, writerRuns } from '../operator/operator-record.ts';
import type { LabOfFolder } from './cli-command.ts';

/** The lab that commands are for, and whether it runs; null where the configuration is wrong, which others say. */
export async function labOfFolder({ root, env }: { root: string; env: Environment }): Promise<LabOfFolder | null> {
  let dataDir: string;
  try {
    ({ dataDir } = parseConfig(env, { root }));
  } catch {
    return null;
  }
  const record = await readOperatorRecord(dataDir);
  return { dataDir, isRunning: record !== null && writerRuns(record) };
}
