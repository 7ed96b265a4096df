import { cookies } from 'next/headers';
import { BrokenLessons } from '../components/catalogue/broken-lessons.tsx';
import { Catalogue } from '../components/catalogue/catalogue.tsx';
import { foldsCookie, readFolds } from '../components/catalogue/folds.ts';
import { ResumeStrip } from '../components/catalogue/resume-strip.tsx';
import { layRoads, nextStation } from '../components/catalogue/road.ts';
import { WayStrip } from '../components/catalogue/way-strip.tsx';
import { ImagesStrip } from '../components/images/images-strip.tsx';
import { SandboxOutlook } from '../components/lesson/sandbox-outlook.tsx';
import { SiteBar } from '../components/lesson/site-bar.tsx';
import { PracticeStrip } from '../components/practice/practice-strip.tsx';
import { LabProvider } from '../components/realtime/lab-provider.tsx';
import { openLab } from './lab.ts';

export default async function CataloguePage() {
  const { lab, learner } = await openLab();
  const [{ images }, view] = await Promise.all([lab.images(), lab.catalogue(learner)]);
  const { courses, progress, resume, sandbox, practice, broken, placement, searchWords } = view;
  const areMissing = view.images.length > 0;
  const roads = layRoads(courses, progress, placement?.known);
  const folds = readFolds((await cookies()).get(foldsCookie)?.value);
  return (
    <div className="on-paper min-h-dvh bg-surface text-ink">
      <SiteBar />
      <main id="page:main" className="mx-auto max-w-260 px-5 pb-32 sm:px-8">
        <header className="pt-14 pb-12 pair:pt-20">
          <h1 className="max-w-[20ch] text-title font-semibold tracking-[-0.022em] text-balance pair:text-display">
            Learn Docker on a Docker of your own
          </h1>
          <p className="mt-4 max-w-[58ch] text-body text-ink-soft">
            Every lesson opens beside a real Docker daemon that is yours alone. Type anything you like: whatever you
            break, a reset makes new.
          </p>
        </header>
        {roads.length === 0 ? (
          <>
            <p className="max-w-[58ch] border-t border-line pt-8 text-body text-ink-soft">
              Lessons will be listed here. This server has none yet: put a course into the <code>lessons</code> folder,
              or name another folder in <code>DRYDOCK_LESSONS</code>.
            </p>
            {broken.length > 0 && <BrokenLessons broken={broken} course={null} />}
          </>
        ) : (
          <>
            <ResumeStrip roads={roads} resume={resume} placement={placement} />
            <WayStrip
              roads={roads}
              placement={placement}
              next={nextStation(roads, resume?.lesson ?? null, placement)}
            />
            <SandboxOutlook
              outlook={sandbox}
              lesson={resume?.lesson ?? nextStation(roads, null, placement)?.card.id ?? null}
            />
            <LabProvider wanted={areMissing}>
              <ImagesStrip
                images={areMissing ? images.filter(({ lessons }) => lessons.length > 0) : []}
                renderedAt={Date.now()}
              />
              <PracticeStrip practice={practice} />
            </LabProvider>
            <Catalogue
              courses={courses}
              progress={progress}
              broken={broken}
              left={resume?.lesson ?? null}
              placement={placement}
              searchWords={searchWords}
              folds={folds}
            />
          </>
        )}
      </main>
    </div>
  );
}
