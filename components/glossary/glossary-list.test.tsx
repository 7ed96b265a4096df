import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { GlossaryEntry } from '../../protocol/reference.ts';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { GlossaryList } from './glossary-list.tsx';

test('no term has an id that the page uses itself', () => {
  const ids = ['main', 'letter-a', 'a', 'term-a'];
  const entries = ids.map((id): GlossaryEntry => ({ id, title: id, text: id, meanings: [] }));
  const html = renderToStaticMarkup(<GlossaryList entries={entries} asked="" />);
  const found = [...html.matchAll(/ id="([^"]+)"/g)].map(([, id]) => id);
  expect(new Set(found).size).toBe(found.length);
  expect(found).toEqual(expect.arrayContaining(ids));
  expect(found.filter((id) => !id?.includes(':') && !id?.startsWith('_')).toSorted()).toEqual(ids.toSorted());
});

test('a heading that holds what is asked for comes first, and the page says which other words it looked for', () => {
  const entry = (id: string, text: string): GlossaryEntry => ({ id, title: id, text, meanings: [] });
  const entries = [
    entry('Digest', 'An environment holds it.'),
    entry('Environment variable', 'A value.'),
    entry('Volume', 'Storage.'),
  ];
  const html = renderToStaticMarkup(
    <TooltipProvider>
      <GlossaryList entries={entries} asked="environment" />
    </TooltipProvider>,
  );
  expect(html.indexOf('id="Environment variable"')).toBeLessThan(html.indexOf('id="Digest"'));
  expect(html).toContain('“environment” finds variable, too.');
  expect(html).toMatch(/<mark[^>]*>Environment<\/mark>/);
  // Links to it go on working.
  expect(html).toMatch(/<li id="Volume" hidden=""/);
});
