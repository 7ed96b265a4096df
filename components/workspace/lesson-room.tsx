'use client';

import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { AuthorMarksProvider } from '../author/author-marks.tsx';
import { AuthorPanel } from '../author/author-panel.tsx';
import { LessonImages } from '../images/lesson-images.tsx';
import { useLessonImages } from '../images/use-lesson-images.ts';
import { LessonColumn } from '../lesson/lesson-column.tsx';
import { LessonActionsProvider } from '../lesson/lesson-context.tsx';
import { StepDots } from '../lesson/step-dots.tsx';
import { StepFooter } from '../lesson/step-footer.tsx';
import { useStepFocus } from '../lesson/use-step-focus.ts';
import { PreparationProvider } from '../preparation/preparation-context.tsx';
import { PreparationStrip } from '../preparation/preparation-strip.tsx';
import { StartOverDialog } from '../preparation/start-over-dialog.tsx';
import { usePreparation } from '../preparation/use-preparation.ts';
import { hasNotices, NoticeShelf } from '../sandbox/notice-shelf.tsx';
import { restOf } from '../sandbox/sandbox-words.ts';
import { useSandboxNotices } from '../sandbox/use-sandbox-notices.ts';
import { WokenNote } from '../sandbox/woken-note.tsx';
import { BuildPanel } from './build-panel.tsx';
import { CommandMenu } from './command-menu.tsx';
import { ConnectionBanner } from './connection-banner.tsx';
import { KeysDialog } from './keys-dialog.tsx';
import type { LessonWorkspaceProps } from './lesson-workspace.tsx';
import { LowerPanel } from './lower-panel.tsx';
import { PaneBoundary } from './pane-boundary.tsx';
import { focusPane, focusStep, noteFocus } from './pane-focus.ts';
import { PaneFrame } from './pane-frame.tsx';
import { EditorSlot, TerminalSlot } from './pane-slots.tsx';
import { PaneTabs } from './pane-tabs.tsx';
import { ResetDialog } from './reset-dialog.tsx';
import { SandboxNotice } from './sandbox-notice.tsx';
import { StatusBar } from './status-bar.tsx';
import { StepNewsButton, useStepNews } from './step-news.tsx';
import { TopBar } from './top-bar.tsx';
import { UpperPanel } from './upper-panel.tsx';
import { useAdvance } from './use-advance.ts';
import { useAuthorRoom } from './use-author-room.ts';
import { useCommands } from './use-commands.ts';
import { useFileCommands } from './use-file-commands.ts';
import { useLessonActions } from './use-lesson-actions.ts';
import { useLessonSession } from './use-lesson-session.ts';
import { useLowerPane } from './use-lower-pane.ts';
import { usePanes } from './use-panes.ts';
import { useRemark } from './use-remark.ts';
import { useWorkspaceKeys } from './use-workspace-keys.ts';

type DialogName = 'menu' | 'files' | 'keys' | 'reset';

/** A visit shorter than this, in milliseconds, is scrolling past. */
const visitAfter = 800;

/** Where text, editor and terminal of a lesson meet. */
export function LessonRoom(props: LessonWorkspaceProps) {
  const { lesson, progress, initialStep, restore, authoring } = props;
  const { session, change, buildLog, reopen } = useLessonSession(lesson.id, progress);
  const images = useLessonImages(props.images);
  const panes = usePanes(lesson.usesFiles);
  const scroller = useRef<HTMLElement>(null);
  const { current, goTo, mark } = useStepFocus(scroller, lesson.steps, initialStep);
  const done = useMemo(() => new Set(session.progress.stepsDone), [session.progress.stepsDone]);
  const announcement = useAdvance(lesson.steps, current, done, scroller, mark);
  const shelf = useSandboxNotices(lesson.id, session.sandbox, restore);
  const news = useStepNews(session.progress, panes.narrow && panes.view !== 'lesson');

  const author = useAuthorRoom({
    lesson: lesson.id,
    authoring,
    panes,
    refused: session.openError?.code ?? null,
    scroller,
    goTo,
  });
  const { setUpperTab } = author;
  const lower = useLowerPane(panes, session.terminals);
  const [openPath, setOpenPath] = useState<string | null>(null);
  const [dialog, setDialog] = useState<DialogName | null>(null);
  const [remark, say] = useRemark();
  const { show } = panes;

  const onWritten = useCallback(
    (path: string) => {
      setOpenPath(path);
      setUpperTab('editor');
      show('editor');
    },
    [show, setUpperTab],
  );
  const machine = useLessonActions({
    lesson: lesson.id,
    session,
    change,
    reopen,
    onTyped: lower.onTyped,
    onWritten,
    onBuildStarted: lower.showBuild,
  });

  const { tell } = machine;
  useEffect(() => {
    if (current === null) return;
    const timer = setTimeout(() => tell('lesson:visit-step', { lesson: lesson.id, step: current }), visitAfter);
    return () => clearTimeout(timer);
  }, [current, lesson.id, tell]);

  /** The text may be folded, or behind another tab. */
  const showStep = (step: string | null) => {
    show('lesson');
    requestAnimationFrame(() => goTo(step));
  };
  /** One reads on there, by keyboard too. */
  const visitStep = (step: string | null) => {
    showStep(step);
    requestAnimationFrame(() => focusStep(step));
  };
  const backToText = () => {
    show('lesson');
    requestAnimationFrame(() => focusPane('lesson'));
  };
  const onStartedOver = (step: string) => {
    lower.setTab('terminals'); // it is done where the learner would do it
    showStep(step);
  };
  const askReset = useCallback(() => setDialog('reset'), []);
  const preparing = usePreparation({
    lesson,
    actions: machine.actions,
    done,
    initialStep,
    onStarted: onStartedOver,
    askReset,
  });

  const commands = useCommands({
    lesson,
    panes,
    goTo: visitStep,
    newTerminal: lower.newTerminal,
    showBuild: session.build === null ? null : lower.showBuild,
    lookAtChecks: () => tell('check:evaluate', { lesson: lesson.id }),
    reset: () => setDialog('reset'),
    current,
    startOver: preparing.ask,
    authorView: author.command,
    openKeys: () => setDialog('keys'),
  });
  const fileCommands = useFileCommands(lesson.id, dialog === 'menu' || dialog === 'files', onWritten);
  useWorkspaceKeys({
    openFiles: () => setDialog('files'),
    openMenu: () => setDialog('menu'),
    openKeys: () => setDialog('keys'),
    showPane: show,
    savedAlready: () => say('Saved already, as you type'),
  });

  const dialogProps = (name: DialogName) => ({
    open: dialog === name,
    onOpenChange: (open: boolean) => setDialog((before) => (open ? name : before === name ? null : before)),
  });
  const egress = session.sandbox.state === 'ready' ? session.sandbox.limits.egress : null;
  const ready = session.opened && session.sandbox.state === 'ready';
  const rest = useMemo(() => restOf(session.sandbox, Date.now()), [session.sandbox]);
  const isWoken = shelf.notices.some((notice) => notice.kind === 'woken');
  const leaveShelf = () => requestAnimationFrame(() => focusPane(lowerInSight ? 'terminal' : 'lesson'));
  const { preparation } = session;
  // What is set up for the step one reads is told there.
  const isTextInSight = panes.narrow ? panes.view === 'lesson' : !panes.folded.has('lesson');
  const isToldInStep =
    preparation?.kind === 'setup' && current !== null && preparation.step === current && isTextInSight;
  const hasStrip = preparation !== null && !isToldInStep;
  const lowerInSight = panes.narrow ? panes.view === 'terminal' : !panes.folded.has('terminal');
  const at = lesson.course.lessons.findIndex((link) => link.id === lesson.id);
  const nextLesson = (at === -1 ? undefined : lesson.course.lessons[at + 1]) ?? null;

  return (
    <PreparationProvider value={preparing.surroundings}>
      <div
        data-view={panes.view}
        className="workspace on-steel flex h-dvh flex-col overflow-hidden bg-surface text-ink"
      >
        <TopBar
          lesson={lesson}
          sandbox={session.sandbox}
          author={author.barSwitch}
          onReset={() => setDialog('reset')}
          onMenu={() => setDialog('menu')}
          onKeys={() => setDialog('keys')}
        >
          <StepDots steps={lesson.steps} current={current} done={done} onGo={visitStep} />
        </TopBar>
        <main className="flex min-h-0 flex-1 flex-col">
          <PaneTabs panes={panes} author={author}>
            <StepNewsButton news={news} onBack={backToText} />
          </PaneTabs>
          <PaneFrame
            panes={panes}
            lesson={
              <LessonActionsProvider value={machine.actions}>
                <AuthorMarksProvider value={author.marks}>
                  <LessonColumn
                    lesson={lesson}
                    ending={props.ending}
                    scroller={scroller}
                    current={current}
                    done={done}
                    notice={{
                      shown: <LessonImages images={images} egress={egress} renderedAt={props.renderedAt} />,
                      changed: images,
                    }}
                    onGo={visitStep}
                    onFocused={noteFocus}
                  />
                </AuthorMarksProvider>
              </LessonActionsProvider>
            }
            editor={
              <UpperPanel
                tab={author.upperTab}
                onTab={setUpperTab}
                author={
                  author.view.open ? (
                    <AuthorPanel
                      author={author.view}
                      lesson={lesson}
                      progress={session.progress}
                      besideText={!panes.narrow}
                      onFind={author.findInText}
                    />
                  ) : null
                }
                editor={
                  <PaneBoundary pane="The editor">
                    <EditorSlot
                      lesson={lesson.id}
                      // Of one that was removed nothing is asked: it has other files. What is typed meanwhile is kept here.
                      ready={ready || (session.opened && rest !== null && session.sandbox.state !== 'removed')}
                      resting={rest !== null}
                      openPath={openPath}
                      onOpenPathChange={setOpenPath}
                      onBuild={machine.build}
                      building={session.build?.state === 'running'}
                    />
                  </PaneBoundary>
                }
              />
            }
            lower={
              <LowerPanel
                tab={lower.tab}
                onTab={lower.setTab}
                hasBuild={session.build !== null || machine.buildRefused !== null}
                notices={
                  lowerInSight && (
                    <>
                      {hasStrip && <PreparationStrip className="shrink-0 border-b border-line" />}
                      {hasNotices(shelf) && (
                        <NoticeShelf
                          shelf={shelf}
                          onEmptied={leaveShelf}
                          className="max-h-[55%] shrink-0 border-b border-line"
                        />
                      )}
                    </>
                  )
                }
                terminals={
                  <>
                    <PaneBoundary pane="The terminal">
                      <TerminalSlot
                        lesson={lesson.id}
                        terminals={session.terminals}
                        active={lower.terminal}
                        onActivate={lower.setTerminal}
                        ready={ready}
                        rest={session.openError === null ? rest : null}
                        onWake={machine.wake}
                      />
                    </PaneBoundary>
                    <SandboxNotice
                      sandbox={session.sandbox}
                      refused={session.openError}
                      onRetry={machine.retry}
                      onReset={() => setDialog('reset')}
                    />
                  </>
                }
                build={
                  <BuildPanel
                    build={session.build}
                    log={buildLog}
                    refused={machine.buildRefused}
                    onCancel={machine.cancelBuild}
                  />
                }
              />
            }
          />
        </main>
        <div className="relative shrink-0">
          <div className="absolute inset-x-0 bottom-full z-30 flex flex-col">
            {/* Where the terminal is out of sight, over the lower end of what is in sight: nothing moves. */}
            {!lowerInSight && hasNotices(shelf) && (
              <NoticeShelf shelf={shelf} onEmptied={leaveShelf} className="max-h-[50dvh] border-t border-line-strong" />
            )}
            {!lowerInSight && hasStrip && <PreparationStrip className="border-t border-line-strong" />}
            {panes.narrow && isWoken && (
              <div className="flex justify-between border-t border-line bg-raised px-3 py-0.5">
                <WokenNote shelf={shelf} />
              </div>
            )}
            <ConnectionBanner />
          </div>
          <StatusBar
            sandbox={session.sandbox}
            build={session.build}
            remark={remark}
            news={!panes.narrow && isWoken ? <WokenNote shelf={shelf} /> : null}
            panes={panes}
            onShowBuild={lower.showBuild}
          >
            <StepFooter steps={lesson.steps} current={current} done={done} nextLesson={nextLesson} onGo={visitStep} />
          </StatusBar>
        </div>
        <p role="status" className="sr-only">
          {announcement}
        </p>
        <p role="status" className="sr-only">
          {shelf.spoken}
        </p>
        <CommandMenu
          commands={[...commands, ...fileCommands]}
          placeholder="What do you want to do?"
          {...dialogProps('menu')}
        />
        <CommandMenu commands={fileCommands} placeholder="Open a file" {...dialogProps('files')} />
        <KeysDialog {...dialogProps('keys')} />
        <ResetDialog onReset={machine.reset} {...dialogProps('reset')} />
        <StartOverDialog
          steps={lesson.steps}
          asked={preparing.asked}
          onAsk={preparing.ask}
          onStartOver={preparing.startOver}
        />
      </div>
    </PreparationProvider>
  );
}
