import Link from 'next/link';
import { Mark } from '../ui/mark.tsx';
import { ThemeSwitch } from '../ui/theme-switch.tsx';

/** The bar of every page that is not a lesson. */
export function SiteBar() {
  return (
    <header className="mx-auto flex h-16 max-w-260 items-center justify-between px-5 sm:px-8">
      <Link href="/" className="flex items-center gap-2.5 text-body font-semibold tracking-[-0.012em]">
        <Mark size={26} />
        Drydock
      </Link>
      <ThemeSwitch />
    </header>
  );
}
