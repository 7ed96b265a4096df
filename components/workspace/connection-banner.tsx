'use client';

import { type ReactNode, useEffect, useState } from 'react';
import { useConnectionStatus, useLab } from '../realtime/lab-provider.tsx';
import { Button } from '../ui/button.tsx';
import { formatSeconds } from '../ui/quantity.ts';
import { useNow } from '../ui/use-now.ts';

/** A connection that is back within this time, in milliseconds, was not worth a word. */
const patience = 700;

/**
 * Says that the connection is lost and what is done about it; nothing while all is well. It lies over the lower end
 * of the panes: nothing moves when it comes and goes.
 */
export function ConnectionBanner() {
  const status = useConnectionStatus();
  const lab = useLab();
  const offline = status.state === 'offline';
  const now = useNow(offline, 500);
  const [lasting, setLasting] = useState(false);
  useEffect(() => {
    if (!offline) {
      setLasting(false);
      return;
    }
    const timer = setTimeout(() => setLasting(true), patience);
    return () => clearTimeout(timer);
  }, [offline]);

  if (status.state === 'refused') {
    return (
      <Banner>
        <p role="alert">{status.message}</p>
        <Button size="small" onClick={() => window.location.reload()}>
          Reload the page
        </Button>
      </Banner>
    );
  }
  if (status.state !== 'offline' || !lasting) return null;
  const wait = status.retryAt === null ? 0 : status.retryAt - now;
  return (
    <Banner>
      <p>
        <span role="alert">Connection lost.</span>{' '}
        {wait > 0 ? `Trying again in ${formatSeconds(wait + 999)}.` : 'Trying again …'}{' '}
        <span className="text-ink-soft">Your sandbox runs on meanwhile.</span>
      </p>
      <Button size="small" onClick={() => lab?.retryNow()}>
        Try now
      </Button>
    </Banner>
  );
}

function Banner({ children }: { children: ReactNode }) {
  return (
    <div className="appear flex flex-wrap items-center justify-between gap-x-6 gap-y-2 border-y border-warning bg-warning-soft px-4 py-1.5 text-ui text-ink">
      {children}
    </div>
  );
}
