import docker from '@shikijs/langs/docker';
import go from '@shikijs/langs/go';
import html from '@shikijs/langs/html';
import ini from '@shikijs/langs/ini';
import javascript from '@shikijs/langs/javascript';
import json from '@shikijs/langs/json';
import python from '@shikijs/langs/python';
import shellscript from '@shikijs/langs/shellscript';
import shellsession from '@shikijs/langs/shellsession';
import yaml from '@shikijs/langs/yaml';
import type { Element, ElementContent } from 'hast';
import { createCssVariablesTheme, createHighlighterCoreSync } from 'shiki/core';
import { createJavaScriptRegexEngine } from 'shiki/engine/javascript';

/** Code as `<pre class="code">` with a span per token, coloured by class: a strict policy forbids style attributes. */
export type Highlight = (code: string, language: string) => Element;

/** Classes a span of code may have: `tok-` and one of these. The page gives each its colour, in light and dark. */
export const tokenClasses = [
  'comment',
  'constant',
  'deleted',
  'changed',
  'function',
  'inserted',
  'keyword',
  'link',
  'parameter',
  'punctuation',
  'string',
  'string-expression',
] as const;

const aliases: Record<string, string> = {
  sh: 'shellscript',
  bash: 'shellscript',
  shell: 'shellscript',
  console: 'shellsession',
  dockerfile: 'docker',
  yml: 'yaml',
  js: 'javascript',
  py: 'python',
  conf: 'ini',
  cfg: 'ini',
  env: 'ini',
  toml: 'ini',
};

/** More than this is shown without colours; milliseconds a line may take. */
const longestCode = 100_000;
const lineLimitMs = 500;

/** Takes some 100 ms, so it is made once. */
export function createHighlight(): Highlight {
  const theme = createCssVariablesTheme({ name: 'tokens', variablePrefix: '--' });
  const shiki = createHighlighterCoreSync({
    themes: [theme],
    langs: [docker, go, html, ini, javascript, json, python, shellscript, shellsession, yaml],
    engine: createJavaScriptRegexEngine({ forgiving: true }),
  });
  const known = new Set(shiki.getLoadedLanguages());
  // The first line of a language compiles its grammar, which would be taken for a line that is slow, and stay grey.
  for (const lang of known) shiki.codeToTokensBase('a', { lang, theme: 'tokens', tokenizeTimeLimit: 0 });

  return (code, language) => {
    const name = aliases[language] ?? language;
    const lines: ElementContent[][] =
      known.has(name) && code.length <= longestCode
        ? shiki
            .codeToTokensBase(code, { lang: name, theme: 'tokens', tokenizeTimeLimit: lineLimitMs })
            .map((line) => line.map((token) => span(token.content, token.color)))
        : code.split('\n').map((line) => [{ type: 'text', value: line }]);
    return {
      type: 'element',
      tagName: 'pre',
      properties: { className: ['code'], ...(language === '' ? {} : { dataLanguage: language }) },
      children: [{ type: 'element', tagName: 'code', properties: {}, children: lines.flatMap(lineElement) }],
    };
  };
}

function lineElement(tokens: ElementContent[], index: number): ElementContent[] {
  const line: Element = { type: 'element', tagName: 'span', properties: { className: ['line'] }, children: tokens };
  return index === 0 ? [line] : [{ type: 'text', value: '\n' }, line];
}

/** shiki's CSS variable theme gives `var(--token-keyword)`: the name becomes the class. */
function span(text: string, color: string | undefined): ElementContent {
  const name = /^var\(--token-([a-z-]+)\)$/.exec(color ?? '')?.[1];
  if (name === undefined) return { type: 'text', value: text };
  return {
    type: 'element',
    tagName: 'span',
    properties: { className: [`tok-${name}`] },
    children: [{ type: 'text', value: text }],
  };
}
