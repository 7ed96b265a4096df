import type { LessonLevel } from '../../protocol/lesson-view.ts';

export const levels: readonly LessonLevel[] = ['beginner', 'intermediate', 'advanced'];
/** Characters of a search, more than anybody types. */
export const longestSearch = 100;

/** What of the catalogue is shown; the page's address says the same. */
export interface CatalogueQuery {
  text: string;
  level: LessonLevel | null;
  /** Only what is not done yet. */
  todo: boolean;
}

export const everything: CatalogueQuery = { text: '', level: null, todo: false };

export function readQuery(params: { get(name: string): string | null }): CatalogueQuery {
  const level = params.get('level');
  return {
    text: (params.get('q') ?? '').slice(0, longestSearch),
    level: levels.find((known) => known === level) ?? null,
    todo: params.get('todo') === '1',
  };
}

export function queryAddress({ text, level, todo }: CatalogueQuery): string {
  const params = new URLSearchParams();
  if (text.trim() !== '') params.set('q', text.trim());
  if (level !== null) params.set('level', level);
  if (todo) params.set('todo', '1');
  return params.size === 0 ? '/' : `/?${params}`;
}

export function isNarrowed(query: CatalogueQuery): boolean {
  return queryAddress(query) !== '/';
}
