import type { Place } from './dialect.ts';
import type { GapList } from './gap.ts';

export interface ImportedVariable {
  prompt: string;
  default?: string;
}

const longest = 40;

/** The variables of a Labspace: defined by its description, by directives that ask, and by buttons that set them. */
export class LabspaceVariables {
  readonly #gaps: GapList;
  readonly #byName = new Map<string, { asked: string | null; value: string | null; used: boolean }>();

  constructor(gaps: GapList) {
    this.#gaps = gaps;
  }

  /** What a variable may be called in a lesson; null: nothing of it can be a name. */
  static nameOf(name: string): string | null {
    const safe = name
      .trim()
      .replace(/[^a-zA-Z0-9_-]+/g, '-')
      .replace(/^[^a-zA-Z]+|-+$/g, '')
      .slice(0, longest);
    return safe === '' ? null : safe;
  }

  ask(name: string, prompt: string): void {
    const entry = this.#entry(name);
    if (entry) entry.asked ??= prompt.trim().slice(0, 500) || null;
  }

  /** The first value counts. */
  set(name: string, value: string, at: Place): void {
    const entry = this.#entry(name);
    if (!entry || entry.value !== null) return;
    if (value.includes('$$') || value.length > 500) {
      this.#gaps.gap(
        'variable.value',
        at,
        `The value of \`${name}\` is made of other variables, or too long to be a default. Give it one under \`variables:\`.`,
        value,
      );
      return;
    }
    entry.value = value;
  }

  has(name: string): boolean {
    const safe = LabspaceVariables.nameOf(name);
    return safe !== null && this.#byName.has(safe);
  }

  /** `$$name$$` as a lesson writes it; what nobody defined is its own name, as in a Labspace. */
  use(name: string, at: Place): string {
    const safe = LabspaceVariables.nameOf(name) ?? name;
    const entry = this.#byName.get(safe);
    if (entry) {
      entry.used = true;
      return `$$${safe}$$`;
    }
    this.#gaps.gap(
      'variable.unknown',
      at,
      `Nothing defines the variable \`${name.trim()}\`; its name stands in the text. Declare it under \`variables:\`, or write what is meant.`,
      `$$${name}$$`,
    );
    return name.trim();
  }

  /** Those that are used, for the front matter. */
  declared(): Record<string, ImportedVariable> {
    const result: Record<string, ImportedVariable> = {};
    for (const [name, { asked, value, used }] of this.#byName) {
      if (!used) continue;
      result[name] = { prompt: asked ?? `Value of ${name}`, ...(value === null ? {} : { default: value }) };
    }
    return result;
  }

  #entry(name: string): { asked: string | null; value: string | null; used: boolean } | null {
    const safe = LabspaceVariables.nameOf(name);
    if (safe === null || (this.#byName.size >= 50 && !this.#byName.has(safe))) return null;
    const entry = this.#byName.get(safe) ?? { asked: null, value: null, used: false };
    this.#byName.set(safe, entry);
    return entry;
  }
}
