export interface WorkspaceTree {
  /** Sorted by path. Paths are relative to the lesson's workspace. */
  entries: WorkspaceEntry[];
  /** How many more there are than are listed. */
  omitted: number;
}

export interface WorkspaceEntry {
  path: string;
  type: 'file' | 'folder' | 'other';
  /** bytes; 0 for a folder */
  size: number;
}

/** `version` is a hash of the content: what a later write is based on. */
export interface WorkspaceFile {
  path: string;
  content: string;
  version: string;
}
