'use client';

import { useSearchParams } from 'next/navigation';
import { useCallback, useEffect, useRef, useState } from 'react';
import { type CatalogueQuery, queryAddress, readQuery } from './catalogue-query.ts';

/** Typing is written to the address once it rests: browsers limit how often a page may do that. */
const typingRests = 250;

/**
 * What is asked of the catalogue, in step with the page's address: a press of the back button undoes a search, and an
 * address can be shared. Nothing is fetched: all lessons are on the page.
 */
export function useCatalogueQuery() {
  const params = useSearchParams();
  const [query, setQuery] = useState(() => readQuery(params));
  const latest = useRef(query);
  const timer = useRef<ReturnType<typeof setTimeout> | null>(null);

  const write = useCallback(() => {
    if (timer.current !== null) clearTimeout(timer.current);
    timer.current = null;
    const address = queryAddress(latest.current);
    const shown = readQuery(new URLSearchParams(window.location.search));
    if (window.location.pathname !== '/' || address === queryAddress(shown)) return;
    const { level, todo } = latest.current;
    // One entry of the history for each search, not for each letter of it.
    const sameSearch = shown.text !== '' && shown.level === level && shown.todo === todo;
    window.history[sameSearch ? 'replaceState' : 'pushState'](null, '', address);
  }, []);

  const change = useCallback(
    (part: Partial<CatalogueQuery>) => {
      latest.current = { ...latest.current, ...part };
      setQuery(latest.current);
      if (timer.current !== null) clearTimeout(timer.current);
      timer.current = null;
      if (part.text === undefined || part.text === '') write();
      else timer.current = setTimeout(write, typingRests);
    },
    [write],
  );

  // The address became another one by itself: back, forward, or a link to the catalogue.
  // biome-ignore lint/correctness/useExhaustiveDependencies: `params` says when to look
  useEffect(() => {
    if (timer.current !== null || window.location.pathname !== '/') return;
    const shown = readQuery(new URLSearchParams(window.location.search));
    if (queryAddress(shown) === queryAddress(latest.current)) return;
    latest.current = shown;
    setQuery(shown);
  }, [params]);

  useEffect(
    () => () => {
      if (timer.current !== null) clearTimeout(timer.current);
    },
    [],
  );

  /** `settle`: writes the address now, before the page is left. */
  return { query, change, settle: write };
}
