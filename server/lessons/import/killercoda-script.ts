import type { GapList } from './gap.ts';
import type { Reference } from './killercoda-scenario.ts';
import { resolveInside, type SourceFolder } from './source-folder.ts';

export interface Script {
  /** Without its first line, when that only names a shell. */
  content: string;
  whole: string;
  /** It is for sh or bash. */
  shell: boolean;
}

/** @returns null when it cannot be had, or does nothing; why is in the list */
export async function readScript(source: SourceFolder, reference: Reference, gaps: GapList): Promise<Script | null> {
  const at = { file: 'index.json', line: reference.line };
  const path = resolveInside('', reference.value);
  const text = path === null ? { refused: 'it leads out of the source' } : await source.readText(path);
  if (typeof text !== 'string') {
    gaps.gap('source.unreadable', at, `This script is not read: ${text.refused}.`, reference.value);
    return null;
  }
  const whole = text.replace(/\r\n?/g, '\n').trim();
  const [, interpreter] = /^#![ \t]*(\S+(?:[ \t]+\S+)*)/.exec(whole) ?? [];
  const shell = interpreter === undefined || /(?:^|[/ ])(?:ba|da|a)?sh\b/.test(interpreter);
  if (!shell)
    gaps.gap(
      'script.language',
      { file: reference.value, line: 1 },
      'This script is not for a shell. A sandbox may not have its interpreter.',
      interpreter,
    );
  const content =
    shell && interpreter !== undefined
      ? whole.slice(whole.indexOf('\n') === -1 ? whole.length : whole.indexOf('\n')).trim()
      : whole;
  return content === '' ? null : { content, whole: `${whole}\n`, shell };
}
