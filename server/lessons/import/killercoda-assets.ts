import { posix } from 'node:path';
import { isWorkspacePath } from '../../../protocol/ids.ts';
import { fileLimits } from '../library/bounded-files.ts';
import type { DraftFile } from './draft-lesson.ts';
import type { GapList } from './gap.ts';
import type { Scenario } from './killercoda-scenario.ts';
import type { SourceFolder } from './source-folder.ts';

/** The files a scenario puts onto its machine go into the learner's workspace. */
export async function readAssets(
  source: SourceFolder,
  scenario: Scenario,
  files: Map<string, DraftFile>,
  gaps: GapList,
): Promise<void> {
  if (scenario.assets.length === 0) return;
  const present = await source.list('assets');
  const elsewhere = new Set<string>();
  // One file under many targets is many files in the lesson.
  let total = 0;
  for (const { content } of files.values()) total += content.length;
  for (const asset of scenario.assets) {
    const at = { file: 'index.json', line: asset.line };
    const matches = globOf(asset.file);
    const found = present.files.filter(({ path }) => matches(path));
    if (found.length === 0) {
      const refused = present.refused.find(({ path }) => matches(path));
      gaps.gap(
        'asset.missing',
        at,
        `assets/${asset.file} is not taken: ${refused?.reason ?? 'it is not there'}.`,
        asset.file,
      );
      continue;
    }
    // A workspace is a folder below /root; what lay in /root lies there.
    const below = /^(?:~|\/root)(?:\/(.*))?$/.exec(posix.normalize(asset.target).replace(/\/$/, ''));
    if (asset.host !== 'host01')
      gaps.gap('environment.other', at, `There is one machine here; this file was for \`${asset.host}\`.`, asset.file);
    else if (!elsewhere.has(asset.target)) {
      elsewhere.add(asset.target);
      const words = `The files for \`${asset.target}\` lie in the lesson’s workspace now. Look for commands that name that folder.`;
      if (below === null) gaps.gap('asset.elsewhere', at, words, asset.target);
      else gaps.note('asset.elsewhere', at, words, asset.target);
    }
    const folder = below === null ? posix.normalize(`/${asset.target}`).slice(1) : (below[1] ?? '');
    for (const { path, executable } of found) {
      const target = posix.join(folder, found.length === 1 ? posix.basename(path) : path);
      const refuse = (reason: string): void =>
        gaps.gap('asset.missing', at, `assets/${path} is not taken: ${reason}.`, asset.file);
      if (!isWorkspacePath(target) || files.size >= fileLimits.count) {
        refuse('it cannot be put into a workspace');
        continue;
      }
      const content = await source.read(`assets/${path}`, fileLimits.file);
      if (!Buffer.isBuffer(content)) {
        refuse('it cannot be put into a workspace');
        continue;
      }
      const grown = total + content.length - (files.get(target)?.content.length ?? 0);
      if (grown > fileLimits.total) {
        refuse(`all files together are larger than ${fileLimits.total / 1024 / 1024} MB`);
        continue;
      }
      total = grown;
      files.set(target, { content, executable: asset.executable || executable });
    }
  }
}

/** `*` is anything in a folder, `**` anything at all. */
function globOf(pattern: string): (path: string) => boolean {
  const parts = pattern
    .slice(0, 300)
    .replace(/^\/+/, '')
    .replace(/\*{2,}\/?/g, '\u0001')
    .replace(/\*+/g, '\u0002');
  const expression = parts
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('\u0001', '.*')
    .replaceAll('\u0002', '[^/]*');
  // Each star may cost the length of a name; more than a few are no pattern anyone means.
  if ((pattern.match(/\*+/g) ?? []).length > 4) return () => false;
  const whole = new RegExp(`^${expression}$`);
  return (path) => whole.test(path);
}
