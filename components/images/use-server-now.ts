'use client';

import { useEffect, useRef, useState } from 'react';

/**
 * The server's time, unix milliseconds, renewed every second while `active`. The clocks of server and browser differ:
 * what counts is when the page got what was rendered at `renderedAt`. Until the page is awake, that moment itself.
 */
export function useServerNow(renderedAt: number, active: boolean): number {
  const [now, setNow] = useState(renderedAt);
  /** How far the browser's clock is ahead; what the page's way took is in it, so the least is the best. */
  const ahead = useRef(Number.POSITIVE_INFINITY);
  useEffect(() => {
    ahead.current = Math.min(ahead.current, Date.now() - renderedAt);
    const tick = () => setNow(Date.now() - ahead.current);
    tick();
    if (!active) return;
    const timer = setInterval(tick, 1_000);
    return () => clearInterval(timer);
  }, [renderedAt, active]);
  return now;
}
