import { describe, expect, it } from 'vitest';
import { firstWords, namedInstructions, plainPattern, plainText } from './pattern-words.ts';

describe('what a pattern says to a person', () => {
  it.each([
    ['^3$', '3'],
    ['^0\\s*$', '0'],
    ['^\\s*3\\s*$', '3'],
    ['^ +mem_limit: 64m$', 'mem_limit: 64m'],
    ['^name: +visits$', 'name: visits'],
    ['^ARG LIBSTAMP=1\\.2$', 'ARG LIBSTAMP=1.2'],
    ['^localhost:5000\\/shop', 'localhost:5000/shop'],
    ['1 and 2', '1 and 2'],
    ['^[a-f]+$', null],
    ['a|b', null],
    ['^x.$', null],
    ['^two\\nlines$', null],
    ['\\d', null],
    ['^\\s*$', null],
    ['^$', null],
    // Blanks that it insists on, and that a text in a sentence cannot show.
    ['^  two$', null],
    ['^ one', null],
    [' +a$', null],
    ['^a  b$', null],
    ['^a +$', null],
    ['^a $', null],
    ['^a\\s$', null],
    ['a ', null],
    ['^ ?a$', null],
  ])('%j is the text %j', (pattern, text) => expect(plainText(pattern)).toBe(text));

  it.each([
    ['^ +watch:$', { text: 'watch:', begins: true, ends: true, indent: 'spaces' }],
    ['^\\s+watch:', { text: 'watch:', begins: true, ends: false, indent: 'blanks' }],
    ['^\\s*3\\s*$', { text: '3', begins: true, ends: true, indent: null }],
    ['done\\.$', { text: 'done.', begins: false, ends: true, indent: null }],
    ['^cost: 3\\$', { text: 'cost: 3$', begins: true, ends: false, indent: null }],
  ])('%j says where in a line its text has to be: %o', (pattern, plain) =>
    expect(plainPattern(pattern)).toEqual(plain),
  );

  it.each([
    ['^COPY .*csproj[\\s\\S]*^RUN dotnet[\\s\\S]*^COPY', ['COPY', 'RUN']],
    ['^ARG BASE=.*\\n(.*\\n)?FROM .*\\nARG BASE', ['ARG', 'FROM']],
    ['^FROM busybox (AS|as) (RUN|CMD)', ['FROM']],
    ['^EXPOSE (?!80)', []],
    ['^USER|^RUN', []],
    ['^COPYING', []],
    ['^HEALTHCHECK .*CMD .*curl', ['HEALTHCHECK']],
    ['^HEALTHCHECK .*\\n\\s*CMD curl', ['HEALTHCHECK']],
    ['^ENV USER=app', ['ENV']],
    ['^# RUN it', []],
    ['RUN make', []],
    ['^(?:RUN a(b)?)?COPY', []],
    ['^FROM a\\n(.* )?COPY', ['FROM']],
    ['^FROM a\\n?COPY', ['FROM']],
    ['^FROM a[\\n]COPY', ['FROM']],
    ['^\\s*USER app', ['USER']],
    ['^RUN?', []],
    ['^[(]|^RUN', []],
    ['^FROM a\\\\nCOPY', ['FROM']],
  ])('%j asks for the instructions %j', (pattern, names) => expect(namedInstructions(pattern)).toEqual(names));

  it.each([
    ['^docker ps\\b.*-a', 'docker ps'],
    ['^docker ps$', 'docker ps'],
    ['^docker compose port\\b.*--index', 'docker compose port'],
    ['^docker compose (ps|logs)', null],
    ['^docker (compose )?logs', null],
    ['^docker images?', null],
    ['^docker ps|^docker run', null],
    ['^ls', null],
  ])('every command that fits %j begins with %j', (pattern, words) => expect(firstWords(pattern)).toBe(words));
});
