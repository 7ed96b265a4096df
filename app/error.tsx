'use client';

import Link from 'next/link';
import { SiteBar } from '../components/lesson/site-bar.tsx';
import { Button, buttonClass } from '../components/ui/button.tsx';

export default function ErrorPage({ error, reset }: { error: Error & { digest?: string }; reset(): void }) {
  return (
    <div className="on-paper min-h-dvh bg-surface text-ink">
      <SiteBar />
      <main id="page:main" className="mx-auto max-w-260 px-5 pt-20 sm:px-8">
        <h1 className="text-title font-semibold tracking-tight">This page could not be shown</h1>
        <p className="mt-4 max-w-[58ch] text-body text-ink-soft">
          Something failed on the way from the server to here. Your sandbox, your files and your progress are not
          touched. Try again; if it happens again, the server’s log says why.
        </p>
        {error.digest !== undefined && (
          <p className="mt-2 text-ui text-ink-faint">
            In the log it is <code>{error.digest}</code>.
          </p>
        )}
        <div className="mt-8 flex flex-wrap gap-3">
          <Button tone="primary" onClick={reset}>
            Try again
          </Button>
          <Link href="/" className={buttonClass('plain')}>
            Go to the catalogue
          </Link>
        </div>
      </main>
    </div>
  );
}
