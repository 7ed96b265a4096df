import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { InlineCode, spokenText } from './inline-code.tsx';

const shown = (text: string) => renderToStaticMarkup(<InlineCode text={text} />);

test('what stands between backticks is code', () => {
  expect(shown('Run `docker ps` again')).toBe('Run <code class="inline-code">docker ps</code> again');
});

test('a lone backtick stays, and nothing becomes markup', () => {
  expect(shown('a ` b')).toBe('a ` b');
  expect(shown('`<b>`')).toBe('<code class="inline-code">&lt;b&gt;</code>');
});

test('options are not torn after their hyphens', () => {
  expect(shown('Use `docker rm -f web`.')).toBe(
    'Use <code class="inline-code">docker rm <span class="whole">-f</span> web</code>.',
  );
});

test('what is read out has no backticks, save a lone one', () => {
  expect(spokenText('What does `docker ps -a` show, and `docker ps`?')).toBe(
    'What does docker ps -a show, and docker ps?',
  );
  expect(spokenText('a ` b')).toBe('a ` b');
});
