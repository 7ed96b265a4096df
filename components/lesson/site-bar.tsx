import Link from 'next/link';
import { Mark } from '../ui/mark.tsx';
import { ThemeSwitch } from '../ui/theme-switch.tsx';
import { SiteLink } from './site-link.tsx';
import { SiteMenu } from './site-menu.tsx';

/** Where the bar leads: what is looked up beside the lessons. */
const places = [
  { href: '/map', words: 'Map' },
  { href: '/glossary', words: 'Glossary' },
  { href: '/cheat-sheet', words: 'Cheat sheet' },
  { href: '/images', words: 'Images' },
] as const;

/** The bar of every page that is not a lesson. */
export function SiteBar() {
  return (
    <header className="mx-auto flex h-16 max-w-260 items-center justify-between gap-4 px-5 sm:px-8 print:hidden">
      <Link href="/" className="flex items-center gap-2.5 text-body font-semibold tracking-[-0.012em]">
        <Mark size={26} />
        Drydock
      </Link>
      <div className="flex items-center gap-3">
        <nav aria-label="Pages" className="max-sm:hidden">
          <ul className="flex items-center gap-5">
            {places.map(({ href, words }) => (
              <li key={href}>
                <SiteLink
                  href={href}
                  words={words}
                  className="rounded-sm px-1 text-ui text-ink-soft hover:text-ink hover:underline aria-[current]:text-ink"
                />
              </li>
            ))}
          </ul>
        </nav>
        <SiteMenu>
          <ul className="py-1">
            {places.map(({ href, words }) => (
              <li key={href}>
                <SiteLink
                  href={href}
                  words={words}
                  className="flex h-10 items-center px-4 text-control hover:bg-sunken aria-[current]:font-medium"
                />
              </li>
            ))}
          </ul>
        </SiteMenu>
        <ThemeSwitch />
      </div>
    </header>
  );
}
