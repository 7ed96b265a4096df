'use client';

import { useSyncExternalStore } from 'react';
import { formatDay, formatSpan, formatWeekday } from './moment.ts';

const subscribeNothing = () => () => {};

/** False on the server and during hydration, when the reader's time zone is not known. */
function useIsHere(): boolean {
  return useSyncExternalStore(
    subscribeNothing,
    () => true,
    () => false,
  );
}

/** A day, `Friday 20 November`: where the reader is, and in UTC until that is known. */
export function LocalDay({ at }: { at: number }) {
  const here = useIsHere();
  return <time dateTime={new Date(at).toISOString()}>{formatWeekday(at, here ? {} : { timeZone: 'UTC' })}</time>;
}

/** A day with its year, `20 November 2026`: where the reader is, and in UTC until that is known. */
export function LocalDate({ at }: { at: number }) {
  const here = useIsHere();
  return <time dateTime={new Date(at).toISOString()}>{formatDay(at, here ? {} : { timeZone: 'UTC' })}</time>;
}

/** `, in 6 days`; nothing until the page is awake, or when it is past. */
export function LocalSpan({ until }: { until: number }) {
  const here = useIsHere();
  const left = until - Date.now();
  return here && left > 0 ? `, in ${formatSpan(left)}` : null;
}
