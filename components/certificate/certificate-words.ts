import type { CertificateLesson, CertificateView } from '../../protocol/certificate.ts';
import { type CourseStanding, leftOutWords, standingWords } from '../../protocol/course-standing.ts';

/** What the page says about a certificate, above it. */
export function certificateWords(
  { issuedAt, done, of }: Pick<CertificateView, 'issuedAt' | 'done' | 'of'>,
  { finished, leftOut }: CourseStanding<CertificateLesson>,
): string {
  const words = standingWords({ done, of, leftOut });
  if (issuedAt === null) {
    const aside = leftOut.length === 0 ? '' : `; ${leftOutWords(leftOut)}`;
    return `It is yours when the lessons of this course are done: ${done} of ${of} so far${aside}.`;
  }
  if (done === of) return 'You have done every lesson of this course. Type your name, and print it on one page of A4.';
  if (finished)
    return `You have done all that can be done here: ${words}. Type your name, and print it on one page of A4.`;
  // Lessons came to the course, or the machine got what they need: nothing that is stored says which.
  return `When this was issued, you had done all that could be done here. Now there is more to do, and the certificate says so: ${words}.`;
}
