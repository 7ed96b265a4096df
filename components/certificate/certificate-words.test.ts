import { expect, test } from 'vitest';
import type { CertificateLesson } from '../../protocol/certificate.ts';
import { standingOfCourse } from '../../protocol/course-standing.ts';
import { certificateWords } from './certificate-words.ts';

const lesson = (title: string, completedAt: number | null, needs: string[] = []): CertificateLesson => ({
  id: `a/${title.toLowerCase()}`,
  title,
  completedAt,
  missing: needs.map((need) => ({ need: need as 'cgroup2', words: `${need} is not here` })),
});

function wordsOf(issuedAt: number | null, ...lessons: CertificateLesson[]): string {
  const standing = standingOfCourse(lessons, ({ completedAt }) => completedAt !== null);
  return certificateWords({ issuedAt, done: standing.done.length, of: lessons.length }, standing);
}

test('a lesson that came later is not told from one that can be done only now', () => {
  const words = wordsOf(9, lesson('Run', 1), lesson('Limits', null));
  expect(words).toBe(
    'When this was issued, you had done all that could be done here. Now there is more to do, and the certificate says so: 1 of 2 lessons done.',
  );
});

test('what is done, and what is left out, is said as it is', () => {
  expect(wordsOf(9, lesson('Run', 1))).toBe(
    'You have done every lesson of this course. Type your name, and print it on one page of A4.',
  );
  expect(wordsOf(9, lesson('Run', 1), lesson('Limits', null, ['cgroup2']))).toBe(
    'You have done all that can be done here: 1 of 2 lessons done; “Limits” needs cgroup v2, which this machine has not. Type your name, and print it on one page of A4.',
  );
  expect(wordsOf(null, lesson('Run', 1), lesson('Stop', null), lesson('Limits', null, ['cgroup2']))).toBe(
    'It is yours when the lessons of this course are done: 1 of 3 so far; “Limits” needs cgroup v2, which this machine has not.',
  );
});
