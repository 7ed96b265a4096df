'use client';

import Link from 'next/link';
import { usePathname } from 'next/navigation';

interface SiteLinkProps {
  href: string;
  words: string;
  className: string;
}

/** A link of the bar, which says when it is the page one is on. */
export function SiteLink({ href, words, className }: SiteLinkProps) {
  const isHere = usePathname() === href;
  return (
    <Link href={href} aria-current={isHere ? 'page' : undefined} className={className}>
      {words}
    </Link>
  );
}
