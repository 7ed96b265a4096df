import type { Metadata } from 'next';
import Link from 'next/link';
import { SiteBar } from '../components/lesson/site-bar.tsx';
import { buttonClass } from '../components/ui/button.tsx';

export const metadata: Metadata = { title: 'Not found' };

export default function NotFound() {
  return (
    <div className="on-paper min-h-dvh bg-surface text-ink">
      <SiteBar />
      <main id="page:main" className="mx-auto max-w-260 px-5 pt-20 sm:px-8">
        <h1 className="text-title font-semibold tracking-tight">There is nothing at this address</h1>
        <p className="mt-4 max-w-[58ch] text-body text-ink-soft">
          The lesson may have been renamed or taken out, or the link is missing a letter. The catalogue lists every
          lesson this server has.
        </p>
        <Link href="/" className={`${buttonClass('primary')} mt-8`}>
          Go to the catalogue
        </Link>
      </main>
    </div>
  );
}
