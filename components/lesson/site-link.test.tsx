import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test, vi } from 'vitest';
import { SiteLink } from './site-link.tsx';

vi.mock('next/navigation', () => ({ usePathname: () => '/glossary' }));

test('the link of the page one is on says so, and no other', () => {
  const htmlOf = (href: string) => renderToStaticMarkup(<SiteLink href={href} words="There" className="" />);
  expect(htmlOf('/glossary')).toContain('aria-current="page"');
  expect(htmlOf('/map')).not.toContain('aria-current');
});
