import { asBody, goodStep, inBody, lesson, lessonFile, type Malformed, whole } from './malformed.ts';

const fence = (info: string, content: string): string => `\`\`\`${info}\n${content}\n\`\`\``;

/** HTML, hints, call-outs, headings and links. */
export const malformedText: Malformed[] = [
  ...inBody([
    ['bold HTML', 'A ¦<b>word</b>.', 'html.not-allowed', undefined, ['html.not-allowed']],
    ['a script', '¦<script>alert(1)</script>', 'html.not-allowed', undefined, ['html.not-allowed', 'html.not-allowed']],
    ['a script in capitals', 'A ¦<SCRIPT SRC=//example.org/x.js>', 'html.not-allowed'],
    ['a script that is not closed', '¦<script', 'html.not-allowed'],
    ['a frame', '¦<iframe src="https://example.org"></iframe>', 'html.not-allowed', undefined, ['html.not-allowed']],
    ['an image with a handler', 'See ¦<img src=x onerror=alert(1)>', 'html.not-allowed'],
    [
      'a handler on a hint',
      '¦<details ontoggle=alert(1)><summary>A</summary>\n\nb\n\n</details>',
      'html.not-allowed',
      '<details>',
      ['hint.shape', 'hint.shape'],
    ],
    ['an SVG', '¦<svg onload=alert(1)>', 'html.not-allowed'],
    [
      'a style',
      '¦<style>*{display:none}</style>',
      'html.not-allowed',
      undefined,
      ['html.not-allowed', 'html.not-allowed'],
    ],
    ['a meta', '¦<meta http-equiv=refresh content=0>', 'html.not-allowed'],
    ['a form', '¦<form action=/ method=post>', 'html.not-allowed'],
    ['a link in HTML', 'A ¦<a href="javascript:alert(1)">b</a>', 'html.not-allowed', undefined, ['html.not-allowed']],
    ['HTML in a table', '| a |\n| - |\n| ¦<br> |', 'html.not-allowed'],
    ['HTML in a heading', '### A ¦<u>b', 'html.not-allowed'],
    ['HTML in a call-out', '> [!NOTE]\n> ¦<center>', 'html.not-allowed'],
    ['a declaration', '¦<!DOCTYPE html>', 'html.not-allowed'],
    ['an element that looks like a hint', '¦<detail>', 'html.not-allowed', '<details>'],
    ['a template in a comment that is not closed', 'A <!-- b\n\n¦<object data=x>', 'html.not-allowed'],
    ['a hint that is not closed', '¦<details><summary>A</summary>\n\nb', 'hint.shape', '</details>'],
    [
      'a hint that is not closed before a step',
      '¦<details><summary>A</summary>\n\nb\n\n## Next',
      'hint.shape',
      '</details>',
    ],
    ['a hint without summary', '¦<details>\n\nb\n\n</details>', 'hint.shape', '<summary>'],
    ['a hint with an empty summary', '¦<details><summary> </summary>\n\nb\n\n</details>', 'hint.shape', '<summary>'],
    [
      'a hint with two summaries',
      '<details><summary>A</summary>\n\nb\n\n¦<summary>C</summary>\n\n</details>',
      'hint.shape',
    ],
    ['a summary outside', '¦<summary>A</summary>', 'hint.shape'],
    ['an end without beginning', '¦</details>', 'hint.shape'],
    [
      'a block right after a summary',
      '<details><summary>A</summary>¦\n```sh\nls\n```\n\n</details>',
      'hint.shape',
      'a blank line',
    ],
    [
      'a hint in a list',
      '- a\n\n  ¦<details><summary>A</summary>\n\n  b\n\n  </details>',
      'hint.shape',
      undefined,
      ['hint.shape', 'hint.shape'],
    ],
    ['a call-out', '¦> [!NOTES]\n> a', 'callout.unknown', '[!NOTE]'],
    ['a call-out of a code host', '¦> [!CAUTION]\n> a', 'callout.unknown', '[!WARNING]'],
    ['a call-out nobody knows', '¦> [!SECRET]\n> a', 'callout.unknown'],
    ['a call-out in small letters', '¦> [!tip]\n> a', 'callout.unknown', '[!TIP]'],
    ['a call-out with a title', '¦> [!NOTE] Look\n> a', 'callout.unknown'],
    ['a call-out in a list', '- ¦> [!NOTE]\n  > a', 'callout.nested'],
    ['a call-out in a quote', '> a\n>\n> ¦> [!NOTE]\n> > b', 'callout.nested'],
    ['a link to a step that is not there', 'See ¦[it](#rum-it).', 'link.dead', '#run-it'],
    ['a link to a lesson that is not there', 'See ¦[it](../wep/lesson.md).', 'link.dead', 'shop/web'],
    ['a link to a step of a lesson that is not there', 'See ¦[it](../web/lesson.md#no).', 'link.dead'],
    ['a link to a file that is not there', 'See ¦[it](files/x.txt).', 'link.dead'],
    ['a link out of the lessons', 'See ¦[it](../../../../etc/passwd).', 'link.dead'],
    ['a link that runs code', 'See ¦[it](javascript:alert(1)).', 'link.unsafe'],
    ['a link that runs code, with an entity', 'See ¦[it](java&#115;cript:alert(1)).', 'link.unsafe'],
    ['a link that runs code, by a definition', 'See [it][a].\n\n¦[a]: javascript:alert(1)', 'link.unsafe'],
    ['a link that runs code, by itself', 'See ¦<javascript:alert(1)>.', 'link.unsafe'],
    ['a link with data', 'See ¦[it](data:text/html,<script>).', 'link.unsafe'],
    ['a link of a program', 'See ¦[it](vscode://file/x).', 'link.unsafe'],
    ['a link to the server', 'See ¦[it](/operator).', 'link.unsafe'],
    ['a link to any server', 'See ¦[it](//example.org).', 'link.unsafe'],
    ['an image that is not there', '¦![a](media/x.png)', 'media.dead', 'media/…'],
    ['an image outside of media', '¦![a](x.png)', 'media.dead', 'media/…'],
    ['an image from elsewhere', '¦![a](https://example.org/x.png)', 'media.remote', 'media/…'],
    [
      'an image from elsewhere, by a definition',
      '¦![a][x]\n\n[x]: https://example.org/x.png',
      'media.remote',
      'media/…',
    ],
    ['an image with data', '¦![a](data:image/svg+xml;base64,PHN2Zz4=)', 'link.unsafe', 'media/…'],
  ]),
];

const nested = (levels: number): string =>
  Array.from({ length: levels }, (_, level) => `${'  '.repeat(level)}- a\n`)
    .join('')
    .concat(`¦${'  '.repeat(levels)}- a`);
const footnotes = (count: number): string => Array.from({ length: count }, (_, index) => `[^${index}]: a\n`).join('');

const controls: [string, string][] = [
  ['an override of the direction', '\u202e'],
  ['an isolate', '\u2066'],
  ['an escape', '\u001b'],
  ['a bell', '\u0007'],
  ['a form feed', '\f'],
  ['a byte order mark in the middle', '\ufeff'],
  ['a C1 control', '\u009b'],
];

export const malformedCharacters: Malformed[] = [
  ...inBody([
    ...controls.map(([name, character]) => [name, `A ¦${character}b`, 'source.character'] as const),
    ['an override in a command', fence('sh run', `echo ¦\u202etxt`), 'source.character'],
    ['a zero byte', 'A ¦\0', 'source.unreadable'],
    ['a very long line', `¦${'a'.repeat(30_000)}`, 'source.unreadable'],
    ['deep quotes', `¦${'>'.repeat(500)} a`, 'source.unreadable'],
    ['deep lists', `¦${'- '.repeat(500)}a`, 'source.unreadable'],
    ['a paragraph of asterisks', `${'*a '.repeat(400)}¦*a`, 'source.too-dense'],
    ['brackets that are not closed', `${'[a](b'.repeat(200)}¦[a`, 'source.too-dense'],
    ['a table of many columns', `¦${'|a'.repeat(8_000)}|\n${'|-'.repeat(8_000)}|`, 'source.too-dense'],
    ['lists in each other, line by line', nested(12), 'source.too-dense'],
    ['quotes in each other', `¦${'> '.repeat(13)}a`, 'source.too-dense'],
    ['footnotes by the hundred', `${footnotes(300)}¦[^300]: a`, 'source.too-dense'],
  ]),
  ...whole([
    ['a line of ten megabytes', `¦${'a'.repeat(10 * 1024 * 1024)}`, 'source.too-large'],
    ['very many lines', `${'a\n'.repeat(5_000)}¦a\n`, 'source.too-dense'],
    ['a lesson that is too large', `¦${lesson('a\n'.repeat(300_000))}`, 'source.too-large'],
    [
      'a mistake after Windows line ends and a byte order mark',
      `\ufeff${lesson(`${goodStep}\n\n${fence('yaml check', 'title: x\ncontainer: web\n¦stat: running')}`).replaceAll('\n', '\r\n')}`,
      'key.unknown',
      'state',
    ],
    [
      'a mistake after the line ends of old machines',
      lesson(`${goodStep}\n\n${fence('yaml check', 'title: x\ncontainer: web\n¦stat: running')}`).replaceAll(
        '\n',
        '\r',
      ),
      'key.unknown',
      'state',
    ],
  ]),
  ...asBody([
    ['a mistake after characters of two units', `${goodStep}\n\n> [!NOTE]\n> 😀😀 ¦<b>`, 'html.not-allowed'],
    [
      'a mistake in a quote',
      `${goodStep}\n\n> [!NOTE]\n> \`\`\`yaml check\n> title: x\n> container: web\n> ¦stat: running\n> \`\`\``,
      'key.unknown',
      'state',
    ],
  ]),
  {
    name: 'bytes that are no UTF-8',
    code: 'source.character',
    files: { [lessonFile]: Buffer.concat([Buffer.from(`${lesson(goodStep)}\nA ¦`), Buffer.from([0xff, 0xfe])]) },
  },
];
