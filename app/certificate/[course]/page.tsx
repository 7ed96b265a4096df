import type { Metadata } from 'next';
import Link from 'next/link';
import { notFound } from 'next/navigation';
import { cache } from 'react';
import { CertificateSheet } from '../../../components/certificate/certificate-sheet.tsx';
import { certificateWords } from '../../../components/certificate/certificate-words.ts';
import { NameForm } from '../../../components/certificate/name-form.tsx';
import { SitePage } from '../../../components/lesson/site-page.tsx';
import { InlineCode } from '../../../components/ui/inline-code.tsx';
import type { CertificateLesson } from '../../../protocol/certificate.ts';
import { standingOfCourse } from '../../../protocol/course-standing.ts';
import { openLab } from '../../lab.ts';

interface CertificatePageProps {
  params: Promise<{ course: string }>;
}

/** Once per request: the title and the page ask for the same. Whose it is says the session, never the address. */
const readCertificate = cache(async (course: string) => {
  const { lab, learner } = await openLab();
  return lab.certificate(learner, course);
});

export async function generateMetadata({ params }: CertificatePageProps): Promise<Metadata> {
  const view = await readCertificate((await params).course);
  return { title: view === null ? 'Not found' : `Certificate of ${view.course.title}` };
}

export default async function CertificatePage({ params }: CertificatePageProps) {
  const view = await readCertificate((await params).course);
  if (view === null) notFound();
  const standing = standingOfCourse(view.lessons, ({ completedAt }) => completedAt !== null);
  const open = standing.counted.filter(({ completedAt }) => completedAt === null);
  const isIssued = view.issuedAt !== null;
  return (
    <SitePage
      title={
        <>
          Certificate of <InlineCode text={view.course.title} />
        </>
      }
      words={<InlineCode text={certificateWords(view, standing)} />}
      head={
        <>
          {isIssued && <MoreLessons open={open} />}
          <LeftOut lessons={standing.leftOut} />
        </>
      }
      paper="alone"
      className="certificate-page print:bg-transparent"
    >
      {isIssued ? (
        <>
          <NameForm name={view.name} />
          <CertificateSheet view={view} />
        </>
      ) : (
        <OpenLessons open={open} />
      )}
      <p className="mt-10 text-control print:hidden">
        <Link
          href="/map"
          className="text-ink-soft underline decoration-accent-line underline-offset-4 hover:text-accent hover:decoration-current"
        >
          Map of the courses
        </Link>
      </p>
    </SitePage>
  );
}

function MoreLessons({ open }: { open: CertificateLesson[] }) {
  if (open.length === 0) return null;
  return (
    <p className="mt-3 max-w-[62ch] text-control text-ink-soft">
      Still to do:{' '}
      {open.map(({ id, title }, index) => (
        <span key={id}>
          {index > 0 && ', '}
          <LessonLink id={id} title={title} />
        </span>
      ))}
      .
    </p>
  );
}

function OpenLessons({ open }: { open: CertificateLesson[] }) {
  return (
    <section aria-labelledby="open-heading" className="border-t border-line pt-6">
      <h2 id="open-heading" className="text-control font-semibold">
        Still to do
      </h2>
      {open.length === 0 ? (
        <p className="mt-2 text-control text-ink-soft">No lesson of this course can be done on this machine.</p>
      ) : (
        <ol className="mt-2 space-y-1.5 text-control">
          {open.map(({ id, title }) => (
            <li key={id}>
              <LessonLink id={id} title={title} />
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}

/** Lessons that cannot be done here: why, and what would help. */
function LeftOut({ lessons }: { lessons: CertificateLesson[] }) {
  if (lessons.length === 0) return null;
  return (
    <ul className="mt-3 max-w-[62ch] space-y-1 text-control leading-relaxed text-ink-soft">
      {lessons.map(({ id, title, missing }) => (
        <li key={id}>
          <LessonLink id={id} title={title} />. {missing.map(({ words }) => words).join(' ')}
        </li>
      ))}
    </ul>
  );
}

function LessonLink({ id, title }: { id: string; title: string }) {
  return (
    <Link
      href={`/learn/${id}`}
      className="text-accent underline decoration-accent-line underline-offset-3 hover:decoration-current"
    >
      <InlineCode text={title} />
    </Link>
  );
}
