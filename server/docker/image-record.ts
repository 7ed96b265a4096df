import { z } from 'zod';
import type { ImageDetails, ImageHistoryStep, ImageSummary } from '../../protocol/docker.ts';
import {
  count,
  environment,
  keyList,
  optionalText,
  requiredText,
  section,
  textList,
  textMap,
  textOrNull,
  timestamp,
  unixSeconds,
  wordList,
} from './foreign-value.ts';

/** An untagged image has no tags, null, or the one tag "<none>:<none>", by the daemon's version. */
const tagList = textList.transform((tags) => tags.filter((tag) => !tag.includes('<none>')));

/** An entry of `GET /images/json`. */
export const imageSummaryRecord = z
  .object({
    Id: requiredText,
    ParentId: textOrNull,
    RepoTags: tagList,
    RepoDigests: tagList,
    Created: unixSeconds,
    Size: count,
    Labels: textMap,
  })
  .transform(
    (record): ImageSummary => ({
      id: record.Id,
      tags: record.RepoTags,
      digests: record.RepoDigests,
      parentId: record.ParentId,
      createdAt: record.Created,
      size: record.Size,
      labels: record.Labels,
    }),
  );

/** `GET /images/{name}/json`. */
export const imageDetailsRecord = z
  .object({
    Id: requiredText,
    Parent: textOrNull,
    RepoTags: tagList,
    RepoDigests: tagList,
    Created: timestamp,
    Size: count,
    Architecture: optionalText,
    Os: optionalText,
    RootFS: section({ Layers: textList }),
    Config: section({
      User: optionalText,
      Cmd: wordList,
      Entrypoint: wordList,
      Env: environment,
      ExposedPorts: keyList,
      Volumes: keyList,
      WorkingDir: optionalText,
      StopSignal: optionalText,
      Labels: textMap,
      Healthcheck: section({ Test: textList }),
    }),
  })
  .transform(
    (record): ImageDetails => ({
      id: record.Id,
      tags: record.RepoTags,
      digests: record.RepoDigests,
      parentId: record.Parent,
      createdAt: record.Created,
      size: record.Size,
      architecture: record.Architecture,
      os: record.Os,
      layers: record.RootFS.Layers,
      user: record.Config.User,
      command: record.Config.Cmd,
      entrypoint: record.Config.Entrypoint,
      env: record.Config.Env,
      exposedPorts: record.Config.ExposedPorts,
      volumes: record.Config.Volumes,
      workingDirectory: record.Config.WorkingDir,
      stopSignal: record.Config.StopSignal,
      labels: record.Config.Labels,
      hasHealthcheck: record.Config.Healthcheck.Test.length > 0 && record.Config.Healthcheck.Test[0] !== 'NONE',
    }),
  );

/** An entry of `GET /images/{name}/history`. */
export const imageHistoryRecord = z
  .object({
    Id: optionalText,
    Created: unixSeconds,
    CreatedBy: optionalText,
    Size: count,
    Tags: tagList,
    Comment: optionalText,
  })
  .transform(
    (record): ImageHistoryStep => ({
      id: record.Id === '' || record.Id === '<missing>' ? null : record.Id,
      createdAt: record.Created,
      createdBy: record.CreatedBy,
      size: record.Size,
      tags: record.Tags,
      comment: record.Comment,
    }),
  );
