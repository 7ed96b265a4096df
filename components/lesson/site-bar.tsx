import Link from 'next/link';
import { Mark } from '../ui/mark.tsx';
import { ThemeSwitch } from '../ui/theme-switch.tsx';

/** The bar of every page that is not a lesson. */
export function SiteBar() {
  return (
    <header className="mx-auto flex h-16 max-w-260 items-center justify-between gap-4 px-5 sm:px-8">
      <Link href="/" className="flex items-center gap-2.5 text-body font-semibold tracking-[-0.012em]">
        <Mark size={26} />
        Drydock
      </Link>
      <div className="flex items-center gap-3">
        <Link href="/images" className="rounded-sm px-1 text-ui text-ink-soft hover:text-ink hover:underline">
          Images
        </Link>
        <ThemeSwitch />
      </div>
    </header>
  );
}
