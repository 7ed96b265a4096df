import { renderToStaticMarkup } from 'react-dom/server';
import { expect, test } from 'vitest';
import { InlineCode } from './inline-code.tsx';

const shown = (text: string) => renderToStaticMarkup(<InlineCode text={text} />);

test('what stands between backticks is code', () => {
  expect(shown('Run `docker ps` again')).toBe('Run <code class="inline-code">docker ps</code> again');
});

test('a lone backtick stays, and nothing becomes markup', () => {
  expect(shown('a ` b')).toBe('a ` b');
  expect(shown('`<b>`')).toBe('<code class="inline-code">&lt;b&gt;</code>');
});
