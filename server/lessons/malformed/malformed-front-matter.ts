import { goodStep, inFront, lesson, type Malformed, whole } from './malformed.ts';

const used = `${goodStep}\n\nYou are $$name$$.`;

export const malformedFrontMatter: Malformed[] = [
  ...whole([
    ['an empty file', '¦', 'front-matter.missing', '---'],
    ['only text', '¦Just text.\n', 'front-matter.missing', '---'],
    ['front matter that is not closed', `¦---\ntitle: x\n\n${goodStep}\n`, 'front-matter.missing'],
    ['front matter after a blank line', `¦\n${lesson(goodStep)}`, 'front-matter.missing'],
    ['front matter that is a list', `---\n¦- title\n---\n\n${goodStep}\n`, 'value.wrong'],
    [
      'empty front matter',
      `---\n¦\n---\n\n${goodStep}\n`,
      'key.missing',
      'title',
      ['key.missing', 'key.missing', 'key.missing', 'key.missing'],
    ],
  ]),
  ...inFront([
    ['level', 'a level', 'level: ¦beginer', 'value.wrong', 'beginner'],
    ['minutes', 'minutes in words', 'minutes: ¦five', 'value.wrong'],
    ['minutes', 'no minutes', 'minutes: ¦0', 'value.wrong'],
    ['minutes', 'half minutes', 'minutes: ¦1.5', 'value.wrong'],
    ['minutes', 'a key of the front matter', '¦minuts: 5', 'key.unknown', 'minutes'],
    ['title', 'an empty title', 'title: ¦""', 'value.wrong'],
    ['title', 'a title that is no text', 'title: ¦[A]', 'value.wrong'],
    ['objectives', 'objectives as a text', 'objectives: ¦Do it', 'value.wrong'],
    ['objectives', 'no objective', 'objectives: ¦[]', 'value.wrong'],
    ['', 'a key twice', '¦title: again', 'yaml.duplicate-key'],
    ['', 'a key nobody knows', '¦author: Ada', 'key.unknown'],
    ['', 'a tab', 'after:\n¦\t- shop/web', 'yaml.tab'],
    ['', 'a bracket that is not closed', 'after: [shop/web\n¦', 'yaml.syntax'],
    ['', 'an anchor', 'needs: ¦&needs [cgroup2]', 'yaml.syntax'],
    ['', 'a type', 'needs: ¦!!js/function x', 'yaml.syntax'],
    ['', 'a need', 'needs: [¦cgroup3]', 'value.wrong', 'cgroup2'],
    ['', 'an egress', 'egress: ¦intranet', 'value.wrong', 'internet'],
    ['', 'a prerequisite without its course', 'after: [¦web]', 'value.wrong'],
    ['', 'a prerequisite that climbs out', 'after: [¦../other]', 'value.wrong'],
    ['', 'a prerequisite that is not there', 'after: [¦shop/wep]', 'after.unknown', 'shop/web'],
    ['', 'the lesson itself as its prerequisite', '¦after: [shop/web]', 'after.cycle'],
    ['images', 'an image with a blank', 'images: [¦"busy box"]', 'value.wrong'],
    ['images', 'an image nothing uses', 'images: [busybox, ¦debian]', 'image.unused'],
    ['', 'a variable’s name', 'variables:\n  ¦1st: { prompt: Who }', 'value.wrong'],
    [
      '',
      'too many variables',
      `variables: ¦{ ${Array.from({ length: 21 }, (_, n) => `v${n}: { prompt: x }`).join(', ')} }`,
      'value.wrong',
    ],
    ['', 'a variable without a question', 'variables: { name: ¦{ default: Ada } }', 'key.missing', 'prompt'],
    ['', 'a key of a variable', 'variables: { name: { promt: Who, ¦promt: Who } }', 'yaml.duplicate-key'],
    ['', 'a misspelt key of a variable', 'variables: { name: { ¦promt: Who } }', 'key.unknown', 'prompt'],
  ]),
  ...inFront(
    [
      ['', 'a pattern', 'variables: { name: { prompt: Who, pattern: ¦"[a-" } }', 'pattern.invalid'],
      [
        '',
        'a default that does not fit',
        'variables: { name: { prompt: Who, default: ¦Ada, pattern: "[a-z]+" } }',
        'variable.default',
      ],
      [
        '',
        'a pattern that takes for ever',
        'variables: { name: { prompt: Who, default: Ada, pattern: ¦"([A-Za-z]+)*" } }',
        'pattern.slow',
      ],
      [
        'title',
        'a variable in the title',
        'title: For ¦$$name$$\nvariables: { name: { prompt: Who } }',
        'variable.misplaced',
      ],
    ],
    used,
  ),
];
