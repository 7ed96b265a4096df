/** Courses the learner has chosen a look for: true, an outline; false, all details. The others have what fits them. */
export type Folds = Readonly<Record<string, boolean>>;

/** A cookie, not the browser's storage: the page comes from the server as it is going to look. */
export const foldsCookie = 'drydock-outlines';
/** Cookies travel with every request: the latest choices are kept. */
const mostFolds = 60;

/** Written as `first-steps:1.volumes:0`; what cannot be read is left out, as nothing but a look is lost. */
export function readFolds(cookie: string | undefined): Folds {
  const folds: Record<string, boolean> = {};
  for (const part of (cookie ?? '').split('.')) {
    const [, course, outline] = /^([a-z0-9-]{1,64}):([01])$/.exec(part) ?? [];
    if (course !== undefined) folds[course] = outline === '1';
  }
  return folds;
}

export function foldsCookieText(folds: Folds): string {
  const kept = Object.entries(folds).slice(-mostFolds);
  const value = kept.map(([course, outline]) => `${course}:${outline ? 1 : 0}`).join('.');
  return `${foldsCookie}=${value}; Path=/; Max-Age=31536000; SameSite=Lax`;
}

/** With the latest choice last. */
export function withFold(folds: Folds, course: string, outline: boolean): Folds {
  const { [course]: _, ...others } = folds;
  return { ...others, [course]: outline };
}
