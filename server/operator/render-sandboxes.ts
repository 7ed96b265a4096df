import type { ListedSandbox } from './listed-sandbox.ts';

const titles = ['SANDBOX', 'OWNER', 'STATE', 'AGE', 'LAST USED', 'MEMORY', 'CPU', 'DISK'];
const unknown = '-';

/** A table for people: a line each, and how many there are. */
export function renderSandboxes(sandboxes: readonly ListedSandbox[], now: number): string {
  if (sandboxes.length === 0) return 'There is no sandbox.\n';
  const rows = sandboxes.map((sandbox) => [
    sandbox.id,
    sandbox.learner ?? '(pool)',
    sandbox.state,
    sandbox.createdAt === null ? unknown : span(now - sandbox.createdAt),
    sandbox.usedAt === null ? unknown : `${span(now - sandbox.usedAt)} ago`,
    size(sandbox.memory),
    sandbox.cpus === null ? unknown : `${(sandbox.cpus * 100).toFixed(1)} %`,
    size(sandbox.disk),
  ]);
  const widths = titles.map((title, column) => Math.max(title.length, ...rows.map((row) => row[column]?.length ?? 0)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd();
  const count = sandboxes.length === 1 ? '1 sandbox' : `${sandboxes.length} sandboxes`;
  return `${[titles, ...rows].map(line).join('\n')}\n\n${count}\n`;
}

/** In the largest unit that fits, as `docker ps` tells ages. */
function span(milliseconds: number): string {
  const seconds = Math.max(0, Math.round(milliseconds / 1000));
  if (seconds < 120) return `${seconds} s`;
  if (seconds < 2 * 3600) return `${Math.round(seconds / 60)} min`;
  if (seconds < 48 * 3600) return `${Math.round(seconds / 3600)} h`;
  return `${Math.round(seconds / 86_400)} d`;
}

function size(bytes: number | null): string {
  if (bytes === null) return unknown;
  const mib = bytes / 2 ** 20;
  return mib < 1024 ? `${mib.toFixed(0)} MiB` : `${(mib / 1024).toFixed(1)} GiB`;
}
