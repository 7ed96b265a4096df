import { DrydockError, describeError } from '../errors.ts';

/**
 * Does something with files of the data folder of a lab.
 * @throws host.disk-full, or file.failed with the folder and why
 */
export async function inDataFolder<T>(dataDir: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (cause) {
    const code = errorCode(cause);
    if (code === undefined || cause instanceof DrydockError) throw cause;
    if (code === 'ENOSPC' || code === 'EDQUOT') {
      throw new DrydockError(
        'host.disk-full',
        `The disk with this lab's data folder (${dataDir}) is full, so nothing could be noted there. What was served before stays served. Make room, then try again.`,
        { cause },
      );
    }
    throw new DrydockError(
      'file.failed',
      `Drydock could not use its data folder (${dataDir}): ${describeError(cause)}. What was served before stays served. Whoever runs this Drydock has to be able to read and write there; then try again.`,
      { cause },
    );
  }
}

/** `ENOENT` and the like, of what the operating system refuses. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}
