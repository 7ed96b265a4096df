/** What the editor remembers of a lesson in this browser: comfort, never work. */
export interface RememberedTabs {
  paths: string[];
  active: string | null;
}

const tabsKey = (lesson: string) => `drydock.tabs:${lesson}`;
const treeKey = 'drydock.tree';

export function rememberTabs(lesson: string, tabs: RememberedTabs): void {
  write(tabsKey(lesson), tabs);
}

export function rememberedTabs(lesson: string): RememberedTabs | null {
  const value = read(tabsKey(lesson));
  if (typeof value !== 'object' || value === null) return null;
  const { paths, active } = value as Record<string, unknown>;
  if (!Array.isArray(paths)) return null;
  return {
    paths: paths.filter((path) => typeof path === 'string').slice(0, 20),
    active: typeof active === 'string' ? active : null,
  };
}

/** null: the person has never said. */
export function rememberedTreeShown(): boolean | null {
  const value = read(treeKey);
  return typeof value === 'boolean' ? value : null;
}

export function rememberTreeShown(shown: boolean): void {
  write(treeKey, shown);
}

function read(key: string): unknown {
  try {
    return JSON.parse(window.localStorage.getItem(key) ?? 'null');
  } catch {
    return null; // not allowed here, or not ours
  }
}

function write(key: string, value: unknown): void {
  try {
    window.localStorage.setItem(key, JSON.stringify(value));
  } catch {
    // Without room nothing is remembered, which costs a click next time.
  }
}
