import type { ProblemCode } from '../problem.ts';

/**
 * A lesson nobody may ship. `¦` in a text stands right before the place the message has to point at, and is taken
 * out before the lesson is read.
 */
export interface Malformed {
  name: string;
  code: ProblemCode;
  /** Files of a folder of courses, by path; what is left out is right. */
  files: Record<string, string | Buffer>;
  /** What the message has to give as probably meant. */
  meant?: string;
  /** Further errors that follow from the same mistake. */
  also?: readonly ProblemCode[];
}

export type Row = readonly [
  name: string,
  text: string,
  code: ProblemCode,
  meant?: string | undefined,
  also?: readonly ProblemCode[],
];

export const lessonFile = 'shop/web/lesson.md';

const front = [
  'title: A lesson',
  'summary: One sentence.',
  'minutes: 5',
  'level: beginner',
  'objectives: [Do it]',
  'images: [busybox]',
];

export const goodStep = [
  '## Run it',
  '```sh run\ndocker run -d --name web busybox sleep 600\n```',
  '```yaml check\ntitle: It runs\ncontainer: web\nstate: running\n```',
].join('\n\n');

export function lesson(body: string, more: readonly string[] = [], lines: readonly string[] = front): string {
  return `---\n${[...lines, ...more].join('\n')}\n---\n\nHello.\n\n${body}\n`;
}

function toMalformed([name, , code, meant, also]: Row, source: string): Malformed {
  return {
    name,
    code,
    files: { [lessonFile]: source },
    ...(meant === undefined ? {} : { meant }),
    ...(also === undefined ? {} : { also }),
  };
}

/** The text stands below a good step. */
export function inBody(rows: readonly Row[], more: readonly string[] = []): Malformed[] {
  return rows.map((row) => toMalformed(row, lesson(`${goodStep}\n\n${row[1]}`, more)));
}

/** The text is all that follows the front matter. */
export function asBody(rows: readonly Row[], more: readonly string[] = []): Malformed[] {
  return rows.map((row) => toMalformed(row, lesson(row[1], more)));
}

/** The text is the YAML of a block. */
export function inFence(info: string, rows: readonly Row[]): Malformed[] {
  return rows.map((row) => toMalformed(row, lesson(`${goodStep}\n\n\`\`\`${info}\n${row[1]}\n\`\`\``)));
}

/** The text takes the place of a line of the front matter, or is added to it. */
export function inFront(rows: readonly (readonly [string, ...Row])[], body = goodStep): Malformed[] {
  return rows.map(([replaced, ...row]) => {
    const lines = front.filter((line) => replaced === '' || !line.startsWith(`${replaced}:`));
    return toMalformed(row, lesson(body, [row[1]], lines));
  });
}

/** The text is the whole file. */
export function whole(rows: readonly Row[]): Malformed[] {
  return rows.map((row) => toMalformed(row, row[1]));
}
