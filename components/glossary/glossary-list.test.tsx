import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { GlossaryEntry } from '../../protocol/reference.ts';
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
