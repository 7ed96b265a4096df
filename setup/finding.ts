/** One line of `npm run doctor`. */
export interface Finding {
  id: string;
  title: string;
  status: 'pass' | 'warn' | 'fail';
  /** What was found. */
  found: string;
  /** What to do about it; empty when nothing is wrong. */
  remedy: string;
}

export function pass(id: string, title: string, found: string): Finding {
  return { id, title, status: 'pass', found, remedy: '' };
}

export function warn(id: string, title: string, found: string, remedy: string): Finding {
  return { id, title, status: 'warn', found, remedy };
}

export function fail(id: string, title: string, found: string, remedy: string): Finding {
  return { id, title, status: 'fail', found, remedy };
}
