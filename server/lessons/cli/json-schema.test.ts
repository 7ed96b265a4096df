import { readdirSync, readFileSync } from 'node:fs';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import type * as z from 'zod';
import { cheatSheetSchema } from '../../../protocol/cheat-sheet-schema.ts';
import { checkSchemas, conditionKeys, type Subject, subjects } from '../../../protocol/check-schema.ts';
import { courseSchema, frontMatterSchema, quizSchema } from '../../../protocol/lesson-schema.ts';
import { placementSchema } from '../../../protocol/placement.ts';
import { schemaFiles } from './json-schema.ts';

const folder = new URL('../../../public/schema/', import.meta.url);
const validators = new Map(
  schemaFiles().map(({ name, text }) => [
    name.replace('.schema.json', ''),
    new Ajv({ strict: false }).compile(JSON.parse(text) as object),
  ]),
);

function accepts(name: string, value: unknown): boolean {
  const validate = validators.get(name);
  if (!validate) throw new Error(`no schema ${name}`);
  return validate(value) === true;
}

describe('the published schemas', () => {
  it('are those of the format; `npm run lessons -- reference` writes them', () => {
    const files = schemaFiles();
    expect(readdirSync(folder).sort()).toEqual(files.map(({ name }) => name).sort());
    for (const { name, text } of files) expect(readFileSync(new URL(name, folder), 'utf8')).toBe(text);
  });

  it('say of every key what it is for', () => {
    const check = JSON.parse(schemaFiles().find(({ name }) => name.startsWith('check'))?.text ?? '{}') as {
      anyOf: { properties: Record<string, { description?: string }> }[];
    };
    for (const [index, subject] of subjects.entries()) {
      for (const key of ['title', subject, ...conditionKeys[subject]])
        expect(check.anyOf[index]?.properties[key]?.description, `${subject}: ${key}`).toMatch(/\S/);
    }
  });
});

const front = 'title: A\nsummary: B.\nminutes: 5\nlevel: beginner\nobjectives: [C]\n';
const course = 'title: A\nsummary: B.\naudience: C\nlessons: [one, two]\n';

/** Both have to say the same: the schema of the lab, and a validator that knows only the JSON. */
const samples: [schema: string, zod: z.ZodType, good: string[], bad: string[]][] = [
  [
    'front-matter',
    frontMatterSchema,
    [
      front,
      `${front}after: [a/b, a/c]\nimages: [busybox, "localhost:5000/site:1"]\negress: internet\nneeds: [cgroup2]\n`,
      `${front}variables: { name: { prompt: Who, default: 5, pattern: "[0-9]+" } }\n`,
    ],
    [
      'title: A',
      front.replace('beginner', 'expert'),
      front.replace('5', '0'),
      front.replace('5', '1.5'),
      front.replace('[C]', '[]'),
      front.replace('title: A', 'title: "  "'),
      `${front}autor: x\n`,
      `${front}after: [a]\n`,
      `${front}after: [a/b, a/b]\n`,
      `${front}images: ["busy box"]\n`,
      `${front}needs: [cgroup3]\n`,
      `${front}variables: { 1a: { prompt: x } }\n`,
      `${front}variables: { a: { default: x } }\n`,
    ],
  ],
  [
    'course',
    courseSchema,
    [course],
    [
      course.replace('audience', 'audiense'),
      course.replace('[one, two]', '[]'),
      course.replace('two', 'one'),
      course.replace('two', '../two'),
      course.replace('summary: B.\n', ''),
    ],
  ],
  [
    'quiz',
    quizSchema,
    [
      'question: x\nanswer: 5\nexplanation: y',
      'question: x\nanswer: /a|b/i',
      'question: x\nshuffle: false\nchoices: [{ text: a, why: b, correct: true }, { text: 2, why: d }]',
      'question: x\nchoices: [{ text: a, why: b, correct: true }, { text: 2, why: d }]',
    ],
    [
      'answer: y',
      'question: x\nanswer: ""',
      'question: x\nanswer: y\nshuffle: sometimes',
      'question: x\nchoices: [{ text: a, why: b }]',
      'question: x\nchoices: [{ text: a }, { text: b, why: c }]',
      'question: x\nchoices: [{ text: a, why: b, corect: true }, { text: b, why: c }]',
      'question: x\nchoices: [{ text: a, why: b, correct: 1 }, { text: b, why: c }]',
    ],
  ],
];

const asked = 'question: x\n      answer: y\n      explanation: z';
const command = 'docker ps: { does: It lists. }';
samples.push(
  [
    'placement',
    placementSchema,
    [
      `courses:\n  first-steps:\n    - ${asked}`,
      `courses:\n  a:\n    - ${asked}\n      shuffle: true\n  b:\n    - ${asked}`,
    ],
    [
      'course: {}',
      'courses: { a: [] }',
      `courses:\n  A b:\n    - ${asked}`,
      `courses:\n  a:\n    - ${asked.replace('explanation', 'explain')}`,
      'courses: { a: [{ question: x, answer: y }] }',
    ],
  ],
  [
    'cheat-sheet',
    cheatSheetSchema,
    [
      `groups: [{ title: A, commands: { ${command} } }]`,
      'groups: [{ title: A, commands: { docker ps: { does: It lists., also: [docker container ls], explained: a/b, options: { "-a, --all": All. } } } }]',
    ],
    [
      'groups: []',
      `groups: [{ commands: { ${command} } }]`,
      `groups: [{ title: A, commands: { ${command.replace('docker', 'podman')} } }]`,
      'groups: [{ title: A, commands: { docker ps: { dose: It lists. } } }]',
      'groups: [{ title: A, commands: { docker ps: { does: It lists., options: { all: All. } } } }]',
      'groups: [{ title: A, commands: { docker ps: { does: It lists., explained: a } } }]',
    ],
  ],
);

const checks: [good: string[], bad: string[]] = [
  [
    'container: web\nstate: running\nports: ["8080:80", 443]\nenv: { A: 1 }\nmounts: ["a:/b", { target: /c, readonly: true }]',
    'container: { image: nginx, count: ">= 2" }\nhints: [{ when: { state: exited }, say: no }]',
    'container: web\nrestart: "on-failure:3"\nmemory: "<= 64m"\nhealth: healthy\ninitially: met',
    'image: site\nsize: "< 20MB"\nlayers: 5\nfile: { path: /a, contains: [b, c] }\nexposes: [80]',
    'network: back\ninternal: true\nreaches: { from: a, to: b, port: 5432 }',
    'volume: data\nusedBy: [a, b]',
    'compose: shop\nservices: { web: { state: running, count: 2 } }',
    'http: 8080\nstatus: 200\nheader: { a: b }',
    'http: 8080/index.html',
    'file: a/Dockerfile\ninstruction: [COPY, { name: RUN, contains: x }]',
    'ran: ^docker',
    'run: ls\ntimeout: 5s\nstdout: /x/',
  ],
  [
    'state: running',
    'container: web\nstate: runing',
    'container: web\nstat: running',
    'container: { count: 2 }',
    'container: web\nports: "80:80"',
    'container: web\nports: ["80:http"]',
    'container: web\nexitCode: 256',
    'container: web\nrestart: on-failur',
    'container: web\nmounts: [{ source: a }]',
    'container: web\nhints: [{ when: { state: exited } }]',
    'container: web\ninitially: unmet',
    'image: site\nsize: small',
    'image: site\nstate: running',
    'network: back\nreaches: { from: a, to: b, port: 70000 }',
    'compose: shop\nservices: { web: { stat: running } }',
    'http: http://localhost\nstatus: 200',
    'file: /etc/passwd\nstate: present',
    'file: ../a\nstate: present',
    'ran: a\nexit: -1',
    'run: ls\ntimeout: 5h',
    'volume: a\nnetwork: b',
  ],
];

describe('a validator that knows only the JSON', () => {
  it.each(samples)('agrees with the lab about %s', (name, zod, good, bad) => {
    for (const yaml of good)
      expect([accepts(name, parse(yaml)), zod.safeParse(parse(yaml)).success], yaml).toEqual([true, true]);
    for (const yaml of bad) {
      const expected = name === 'quiz' && !yaml.startsWith('question') ? false : zod.safeParse(parse(yaml)).success;
      expect([accepts(name, parse(yaml)), expected], yaml).toEqual([false, false]);
    }
  });

  it('agrees with the lab about checks', () => {
    const anySubject = (value: object): boolean =>
      subjects.some((subject: Subject) => checkSchemas[subject].safeParse(value).success);
    for (const [expected, yamls] of [
      [true, checks[0]],
      [false, checks[1]],
    ] as const) {
      for (const yaml of yamls) {
        const value = { title: 'x', ...(parse(yaml) as object) };
        expect([accepts('check', value), anySubject(value)], yaml).toEqual([expected, expected]);
      }
    }
  });
});
