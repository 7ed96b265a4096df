import { expect, test } from 'vitest';
import type { CheatSheetView, GlossaryView } from '../../../protocol/reference.ts';
import { searchWordsOf } from './search-words.ts';

const links = (...ids: string[]) => ids.map((id) => ({ id, title: id }));
const sheet: CheatSheetView = {
  groups: [
    {
      id: 'containers',
      title: 'Containers',
      commands: [
        {
          id: 'docker-rm',
          name: 'docker rm',
          also: [],
          does: null,
          example: null,
          options: [],
          lessons: links('a/1', 'a/2', 'a/3', 'a/4', 'a/5'),
        },
      ],
    },
  ],
};
const meaning = (...ids: string[]) => ({ of: null, html: '', seeAlso: [], lessons: links(...ids) });
const glossary: GlossaryView = {
  entries: [
    { id: 'volume', title: 'Volume', text: '', meanings: [meaning('a/1', 'a/2'), meaning('b/1', 'a/2', 'b/2')] },
    { id: 'lonely', title: 'Lonely', text: '', meanings: [meaning()] },
  ],
};

test('a command or a term is told of the first few lessons alone, so that it tells them from the others', () => {
  expect(searchWordsOf(sheet, glossary)).toEqual({
    commands: [{ id: 'docker-rm', name: 'docker rm', does: '', lessons: ['a/1', 'a/2', 'a/3'] }],
    terms: [{ id: 'volume', title: 'Volume', lessons: ['a/1', 'a/2', 'b/1'] }],
  });
});
