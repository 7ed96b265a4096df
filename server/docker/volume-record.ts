import { z } from 'zod';
import type { VolumeDetails, VolumeSummary } from '../../protocol/docker.ts';
import { optionalText, requiredText, textMap, timestamp } from './foreign-value.ts';

const fields = z.object({
  Name: requiredText,
  Driver: optionalText,
  Mountpoint: optionalText,
  CreatedAt: timestamp,
  Labels: textMap,
  Options: textMap,
});

function toSummary(record: z.output<typeof fields>): VolumeSummary {
  return {
    name: record.Name,
    driver: record.Driver,
    mountpoint: record.Mountpoint,
    createdAt: record.CreatedAt,
    labels: record.Labels,
  };
}

/** An entry of `Volumes` in `GET /volumes`. */
export const volumeSummaryRecord = fields.transform(toSummary);

/** `GET /volumes/{name}`. */
export const volumeDetailsRecord = fields.transform(
  (record): VolumeDetails => ({ ...toSummary(record), options: record.Options }),
);
