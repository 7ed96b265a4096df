/** A number, or one of < <= > >= = before a number with a unit: the language of `size`, `layers`, `count`. */
export interface Comparison {
  operator: '<' | '<=' | '>' | '>=' | '=';
  value: number;
}

/** Docker writes image sizes in powers of 1000, memory limits in powers of 1024. */
export type UnitBase = 1000 | 1024;

export function readComparison(condition: string | number, base: UnitBase = 1000): Comparison {
  if (typeof condition === 'number') return { operator: '=', value: condition };
  const match = /^(<=|>=|<|>|=)?\s*(\d+(?:\.\d+)?)\s*([kmg])?(i)?b?$/i.exec(condition.trim());
  if (!match) throw new Error(`no comparison: ${condition}`);
  const power = match[3] === undefined ? 0 : 'kmg'.indexOf(match[3].toLowerCase()) + 1;
  const factor = (match[4] === undefined ? base : 1024) ** power;
  return { operator: (match[1] ?? '=') as Comparison['operator'], value: Number(match[2]) * factor };
}

export function holds({ operator, value }: Comparison, found: number): boolean {
  switch (operator) {
    case '<':
      return found < value;
    case '<=':
      return found <= value;
    case '>':
      return found > value;
    case '>=':
      return found >= value;
    case '=':
      return found === value;
  }
}

/** "fewer than 5", "at most 5", … : completes "it has to be …". */
export function comparisonWords(condition: string | number, kind: 'count' | 'size', base: UnitBase = 1000): string {
  const { operator, value } = readComparison(condition, base);
  const shown = kind === 'size' ? formatBytes(value, base) : String(value);
  switch (operator) {
    case '<':
      return kind === 'size' ? `smaller than ${shown}` : `fewer than ${shown}`;
    case '<=':
      return `at most ${shown}`;
    case '>':
      return kind === 'size' ? `larger than ${shown}` : `more than ${shown}`;
    case '>=':
      return `at least ${shown}`;
    case '=':
      return shown;
  }
}

export function formatBytes(bytes: number, base: UnitBase = 1000): string {
  const units = base === 1000 ? ['B', 'kB', 'MB', 'GB'] : ['B', 'KiB', 'MiB', 'GiB'];
  let value = bytes;
  let unit = 0;
  while (value >= base && unit < units.length - 1) {
    value /= base;
    unit += 1;
  }
  return `${unit === 0 ? value : Number(value.toPrecision(3))} ${units[unit]}`;
}
