import type { Readable } from 'node:stream';
import * as z from 'zod';
import { DrydockError } from '../errors.ts';
import { followReports, silenceLimit } from './build-stream.ts';
import type { Engine } from './engine.ts';
import { engineStatus, toEngineError } from './engine-errors.ts';
import type { Following } from './image-builder.ts';

/** See ImageBuilder.pull. */
export async function pullImage(
  engine: Engine,
  reference: string,
  options: Following & { answerWithinMs: number },
): Promise<boolean> {
  const doing = `pull ${reference}`;
  const patience = new AbortController();
  const timer = setTimeout(() => patience.abort(), options.answerWithinMs);
  const signal = joinSignals(options.signal, patience.signal);
  try {
    const stream = await engine.docker.pull(reference, { abortSignal: signal });
    const broken = (): void => void (stream as Readable).destroy(new Error('aborted'));
    signal.addEventListener('abort', broken, { once: true });
    await followReports(
      stream as Readable,
      doing,
      (report) => {
        clearTimeout(timer);
        if (report.status !== undefined)
          options.onLine?.(report.id === undefined ? report.status : `${report.id}: ${report.status}`);
      },
      silenceLimit,
    );
    return true;
  } catch (error) {
    if (isAbsent(error)) return false;
    if (patience.signal.aborted) throw registrySilent(doing, options.answerWithinMs);
    throw toEngineError(error, doing);
  } finally {
    clearTimeout(timer);
  }
}

const distributionRecord = z.object({ Descriptor: z.object({ digest: z.string().regex(/^sha256:[0-9a-f]{64}$/) }) });

/** See ImageBuilder.digestAtRegistry. */
export async function askForDigest(
  engine: Engine,
  reference: string,
  withinMs: number,
  signal: AbortSignal | undefined,
): Promise<string | null> {
  const doing = `ask for ${reference}`;
  const patience = AbortSignal.timeout(withinMs);
  try {
    const answer: unknown = await engine.docker
      .getImage(reference)
      .distribution({ abortSignal: joinSignals(signal, patience) } as object);
    return distributionRecord.parse(answer).Descriptor.digest;
  } catch (error) {
    if (isAbsent(error)) return null;
    if (patience.aborted) throw registrySilent(doing, withinMs);
    throw toEngineError(error, doing);
  }
}

/**
 * Whether a registry answers, and has none of that name. Docker Hub says of what is not there that it is denied. An engine
 * says it as a status; one with containerd's image store in the middle of its report, when that has begun.
 */
export function isAbsent(error: unknown): boolean {
  const status = engineStatus(error);
  const isReported = error instanceof DrydockError && error.code === 'engine.failed';
  if ((status === undefined && !isReported) || (error as Error).message.includes('toomanyrequests')) return false;
  return status === 404 || absentWords.test((error as Error).message);
}

const absentWords =
  /manifest unknown|name unknown|manifest for \S+ not found|failed to resolve (image|reference) \S+: \S+: not found\.?$|repository does not exist|access to the resource is denied|no matching manifest/i;

function registrySilent(doing: string, milliseconds: number): DrydockError {
  return new DrydockError('engine.failed', `Drydock could not ${doing}: no answer within ${milliseconds / 1000} s.`);
}

function joinSignals(...signals: (AbortSignal | undefined)[]): AbortSignal {
  return AbortSignal.any(signals.filter((signal) => signal !== undefined));
}
