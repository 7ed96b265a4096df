import { isWorkspacePath } from '../../protocol/ids.ts';
import type { WorkspaceEntry, WorkspaceTree } from '../../protocol/workspace.ts';

/**
 * Reads what `listScript` printed. Names that the protocol cannot carry (control characters, invalid UTF-8)
 * are counted as omitted. `whole` is false when the output had to be cut: then the last record is dropped.
 */
export function parseTreeListing(output: Buffer, whole: boolean): WorkspaceTree {
  const records = splitAtNul(output);
  // sed ends the count with a line feed or a NUL, depending on its version.
  if (records.at(-1)?.length === 0) records.pop();
  const last = records.pop();
  const counted = whole && last !== undefined ? Number.parseInt(last.toString('latin1'), 10) : Number.NaN;
  const total = Number.isSafeInteger(counted) ? counted : records.length;
  const entries: WorkspaceEntry[] = [];
  for (const record of records) {
    const entry = parseRecord(record);
    if (entry !== null) entries.push(entry);
  }
  entries.sort((a, b) => (a.path < b.path ? -1 : a.path > b.path ? 1 : 0));
  return { entries, omitted: Math.max(0, total - entries.length) };
}

function splitAtNul(bytes: Buffer): Buffer[] {
  const parts: Buffer[] = [];
  let start = 0;
  for (let end = bytes.indexOf(0); end !== -1; end = bytes.indexOf(0, start)) {
    parts.push(bytes.subarray(start, end));
    start = end + 1;
  }
  parts.push(bytes.subarray(start));
  return parts;
}

/** `depth type size path`; type is find's `%y%Y`: the entry's own, then that of what it links to. */
function parseRecord(record: Buffer): WorkspaceEntry | null {
  let text: string;
  try {
    text = new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(record);
  } catch {
    return null;
  }
  const match = /^\d+ (.)(.) (\d+) (.+)$/s.exec(text);
  if (match === null) return null;
  const [, own = '', target = '', size = '0', path = ''] = match;
  if (!isWorkspacePath(path)) return null;
  const type = own === 'd' ? 'folder' : target === 'f' ? 'file' : 'other';
  return { path, type, size: type === 'folder' ? 0 : Number(size) };
}
