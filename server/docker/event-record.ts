import { z } from 'zod';
import type { DaemonEvent } from '../../protocol/docker.ts';
import { count, optionalText, requiredText, section, textMap } from './foreign-value.ts';

/** A line of `GET /events`. */
export const daemonEventRecord = z
  .object({
    Type: requiredText,
    Action: requiredText,
    Actor: section({ ID: optionalText, Attributes: textMap }),
    time: count,
    timeNano: count,
  })
  .transform(
    (record): DaemonEvent => ({
      type: record.Type,
      action: record.Action,
      id: record.Actor.ID,
      attributes: record.Actor.Attributes,
      at: record.timeNano > 0 ? Math.round(record.timeNano / 1e6) : record.time * 1000,
    }),
  );
