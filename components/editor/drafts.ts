/** What was typed and not yet acknowledged by the server. */
export interface Draft {
  content: string;
  /** The version it was typed on, null for a file that was not there. */
  basedOn: string | null;
  /** Earlier texts that were sent and not acknowledged: what the server has now may be one of them. */
  sent?: readonly string[];
}

/** Keeps drafts where a reload does not lose them. */
export interface Drafts {
  get(path: string): Draft | null;
  /** False: it could not be kept (no room, or the browser does not allow it); then it lives in memory only. */
  set(path: string, draft: Draft): boolean;
  remove(path: string): void;
  paths(): string[];
}

const prefix = 'drydock.draft:';
/** Drafts that nobody came back for. */
const maxAge = 30 * 24 * 60 * 60 * 1000;

/** Drafts of one lesson in this browser. `storage` may refuse anything, as private windows do. */
export function createDrafts(storage: Storage, lesson: string, now: () => number = Date.now): Drafts {
  const keyOf = (path: string) => `${prefix}${lesson}:${path}`;
  const keys = (): string[] => {
    const found: string[] = [];
    for (let index = 0; index < storage.length; index += 1) {
      const key = storage.key(index);
      if (key?.startsWith(keyOf('')) === true) found.push(key);
    }
    return found;
  };
  const read = (key: string): (Draft & { at: number }) | null => {
    try {
      const value: unknown = JSON.parse(storage.getItem(key) ?? 'null');
      return isStoredDraft(value) ? value : null;
    } catch {
      return null;
    }
  };
  const remove = (path: string) => attempt(() => storage.removeItem(keyOf(path)));
  attempt(() => {
    for (const key of keys()) {
      const draft = read(key);
      if (draft === null || now() - draft.at > maxAge) storage.removeItem(key);
    }
  });
  return {
    get: (path) => {
      const draft = read(keyOf(path));
      if (draft === null) return null;
      const { content, basedOn, sent } = draft;
      return sent === undefined ? { content, basedOn } : { content, basedOn, sent };
    },
    set: (path, draft) => attempt(() => storage.setItem(keyOf(path), JSON.stringify({ ...draft, at: now() }))),
    remove: (path) => void remove(path),
    paths: () => {
      let found: string[] = [];
      attempt(() => {
        found = keys().map((key) => key.slice(keyOf('').length));
      });
      return found;
    },
  };
}

function isStoredDraft(value: unknown): value is Draft & { at: number } {
  if (typeof value !== 'object' || value === null) return false;
  const { content, basedOn, sent, at } = value as Record<string, unknown>;
  return (
    typeof content === 'string' &&
    (basedOn === null || typeof basedOn === 'string') &&
    (sent === undefined || (Array.isArray(sent) && sent.every((text) => typeof text === 'string'))) &&
    typeof at === 'number'
  );
}

function attempt(action: () => void): boolean {
  try {
    action();
    return true;
  } catch {
    return false;
  }
}
