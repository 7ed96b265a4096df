import { CoursePath } from '../components/lesson/course-path.tsx';
import { ResumeStrip } from '../components/lesson/resume-strip.tsx';
import { SandboxOutlook } from '../components/lesson/sandbox-outlook.tsx';
import { SiteBar } from '../components/lesson/site-bar.tsx';
import { openLab } from './lab.ts';

export default async function CataloguePage() {
  const { lab, learner } = await openLab();
  const { courses, progress, resume, sandbox } = await lab.catalogue(learner);
  const shown = courses.filter((course) => course.lessons.length > 0);
  return (
    <div className="on-paper min-h-dvh bg-surface text-ink">
      <SiteBar />
      <main id="main" className="mx-auto max-w-260 px-5 pb-32 sm:px-8">
        <header className="pt-14 pb-12 pair:pt-20">
          <h1 className="max-w-[20ch] text-title font-semibold tracking-[-0.022em] text-balance pair:text-display">
            Learn Docker on a Docker of your own
          </h1>
          <p className="mt-4 max-w-[58ch] text-body text-ink-soft">
            Every lesson opens beside a real Docker daemon that is yours alone. Type anything you like: whatever you
            break, a reset makes new.
          </p>
        </header>
        {shown.length === 0 ? (
          <p className="max-w-[58ch] border-t border-line pt-8 text-body text-ink-soft">
            Lessons will be listed here. This server has none yet: put a course into the <code>lessons</code> folder, or
            name another folder in <code>DRYDOCK_LESSONS</code>.
          </p>
        ) : (
          <>
            <ResumeStrip courses={shown} progress={progress} resume={resume} />
            <SandboxOutlook outlook={sandbox} lesson={resume?.lesson ?? shown[0]?.lessons[0]?.id ?? null} />
            {shown.map((course) => (
              <CoursePath key={course.id} course={course} progress={progress} />
            ))}
          </>
        )}
      </main>
    </div>
  );
}
