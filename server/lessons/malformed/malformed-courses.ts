import { goodStep, lesson, lessonFile, type Malformed } from './malformed.ts';

const good = lesson(goodStep);
const course = (lessons: string, more = ''): string =>
  `title: Shop\nsummary: S.\naudience: All.\n${more}lessons: ${lessons}\n`;

export const malformedCourses: Malformed[] = [
  {
    name: 'no course.yaml',
    code: 'course.missing',
    files: { [lessonFile]: good, 'shop/course.yaml': '' },
    meant: 'course.yaml',
  },
  {
    name: 'a misspelt key of a course',
    code: 'key.unknown',
    files: { [lessonFile]: good, 'shop/course.yaml': course('[web]').replace('audience', '¦audiense') },
    meant: 'audience',
  },
  {
    name: 'a course without lessons',
    code: 'value.wrong',
    files: { [lessonFile]: good, 'shop/course.yaml': course('¦[]') },
  },
  {
    name: 'a lesson that is not there',
    code: 'course.lesson-missing',
    files: { [lessonFile]: good, 'shop/course.yaml': course('[web, ¦wep]') },
    meant: 'web',
  },
  {
    name: 'a lesson listed twice',
    code: 'value.wrong',
    files: { [lessonFile]: good, 'shop/course.yaml': course('[web, ¦web]') },
  },
  {
    name: 'a lesson named by a path',
    code: 'value.wrong',
    files: { [lessonFile]: good, 'shop/course.yaml': course('[¦../web]') },
  },
  {
    name: 'a tab in a course',
    code: 'yaml.tab',
    files: { [lessonFile]: good, 'shop/course.yaml': course('\n¦\t- web') },
  },
  {
    name: 'a bomb of aliases in a course',
    code: 'yaml.syntax',
    files: { [lessonFile]: good, 'shop/course.yaml': `a: ¦&a [x, x]\nb: [*a, *a]\n${course('[web]')}` },
  },
  {
    name: 'a course that is too large',
    code: 'source.too-large',
    files: { [lessonFile]: good, 'shop/course.yaml': `¦${course('[web]')}# ${'x'.repeat(600_000)}` },
  },
  {
    name: 'a folder with capitals',
    code: 'folder.name',
    files: { [lessonFile]: good, 'shop/Web-2/lesson.md': `¦${good}` },
  },
  {
    name: 'a course with a blank in its name',
    code: 'folder.name',
    files: { 'my shop/course.yaml': `¦${course('[web]')}`, 'my shop/web/lesson.md': good },
  },
  {
    name: 'a course after one that is not there',
    code: 'course.after-unknown',
    files: {
      [lessonFile]: good,
      'shop/course.yaml': course('[web]', 'after: [¦bsics]\n'),
      'basics/course.yaml': course('[web]'),
      'basics/web/lesson.md': good,
    },
    meant: 'basics',
  },
  {
    name: 'a course after itself',
    code: 'course.after-cycle',
    files: { [lessonFile]: good, 'shop/course.yaml': course('[web]', 'after: [¦shop]\n') },
  },
  {
    name: 'prerequisites that go round in a circle',
    code: 'after.cycle',
    files: {
      'shop/course.yaml': course('[web, two]'),
      [lessonFile]: lesson(goodStep, ['¦after: [shop/two]']),
      'shop/two/lesson.md': lesson(goodStep, ['after: [shop/web]']),
    },
    also: ['after.cycle'],
  },
  {
    name: 'a prerequisite that comes later',
    code: 'after.later',
    files: {
      'shop/course.yaml': course('[web, two]'),
      [lessonFile]: lesson(goodStep, ['after:\n  - ¦shop/two']),
      'shop/two/lesson.md': good,
    },
  },
  {
    name: 'a prerequisite nobody can open',
    code: 'after.unreachable',
    files: { [lessonFile]: lesson(goodStep, ['after: [¦shop/two]']), 'shop/two/lesson.md': good },
  },
  {
    name: 'an image in a file that is shipped',
    code: 'image.undeclared',
    files: { [lessonFile]: good.replace('images:', '¦images:'), 'shop/web/files/app/Dockerfile': 'FROM debian\n' },
  },
  {
    name: 'lines beyond a file that is shipped',
    code: 'file.lines',
    files: {
      [lessonFile]: lesson(`${goodStep}\n\n¦\`\`\`text file=notes.txt lines=3-3\nx\n\`\`\``),
      'shop/web/files/notes.txt': 'one\n',
    },
    meant: 'lines=1-1',
  },
];
