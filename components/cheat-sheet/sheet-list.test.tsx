import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import type { SheetCommand } from '../../protocol/reference.ts';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { SheetList } from './sheet-list.tsx';

const command = (name: string, does: string): SheetCommand => ({
  id: name.replaceAll(' ', '-'),
  name,
  also: [],
  does,
  example: `${name} \`pwd\``,
  options: [{ names: '--name', does: 'To rename it.' }],
  lessons: [],
});
const groups = [
  { id: 'a', title: 'A', commands: [command('docker run', 'Starts one.'), command('docker ps', 'Lists.')] },
  { id: 'b', title: 'B', commands: [command('docker rename', 'Another name.')] },
];
const render = (asked: string) =>
  renderToStaticMarkup(
    <TooltipProvider>
      <SheetList groups={groups} asked={asked} />
    </TooltipProvider>,
  );
const ids = (html: string) => [...html.matchAll(/<li id="(docker-[^"]+)"( hidden="")?/g)].map(([, id]) => id);

test('the command that is asked for comes first, marked, whatever group it is in', () => {
  const html = render('rename');
  expect(ids(html)[0]).toBe('docker-rename');
  expect(html).toMatch(/docker <mark[^>]*>rename<\/mark>/);
  expect(html).toContain('aria-label="Clear the search"');
});

test('without a search all stand in their groups, and nothing is marked', () => {
  const html = render('');
  expect(ids(html)).toEqual(['docker-run', 'docker-ps', 'docker-rename']);
  expect(html).not.toContain('<mark');
  expect(html).not.toContain('Clear the search');
});

test('what is not found stays on the page, hidden', () => {
  const html = render('lists');
  expect(html).toMatch(/<li id="docker-run" hidden=""/);
  expect(html).toMatch(/<li id="docker-ps" aria/);
});
