'use client';

import { PanelLeftOpen } from 'lucide-react';
import { type KeyboardEvent, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import { IconButton } from '../ui/icon-button.tsx';
import { BuildButton } from './build-button.tsx';
import { CodeView, type CodeViewHandle } from './code-view.tsx';
import { CompareView } from './compare-view.tsx';
import { EditorFooter } from './editor-footer.tsx';
import { EditorTabs } from './editor-tabs.tsx';
import { isDockerfile } from './file-names.ts';
import { FilePlaceholder } from './file-placeholder.tsx';
import { FileTree } from './file-tree.tsx';
import { rememberedTreeShown, rememberTreeShown } from './remembered.ts';
import { TroubleBar } from './trouble-bar.tsx';
import { useEditorTabs } from './use-editor-tabs.ts';
import { useFileActions } from './use-file-actions.ts';
import { useFileViews, useOpenFiles } from './use-open-files.ts';
import { useWorkspaceTree } from './use-workspace-tree.ts';

export interface EditorPaneProps {
  /** course/lesson */
  lesson: string;
  /** The sandbox answers. Before that, and while it does not, nothing is asked of it; typing goes on. */
  ready: boolean;
  /** It is paused or stopped, and called by whatever the person does; the page itself asks nothing of it. */
  resting: boolean;
  /** The file in front. */
  openPath: string | null;
  onOpenPathChange(path: string | null): void;
  /** Build this Dockerfile; it has been saved. */
  onBuild(path: string): void;
  building: boolean;
}

/** Narrower than this, in pixels, the tree waits to be asked for. */
const roomForTree = 480;

/** The lesson's files and an editor for them. */
export function EditorPane(props: EditorPaneProps) {
  const { lesson, ready, resting, openPath, onOpenPathChange, onBuild, building } = props;
  const panelId = useId();
  const editor = useOpenFiles(lesson, { ready, resting });
  const views = useFileViews(editor?.files ?? null);
  const { tree, reload } = useWorkspaceTree(lesson, { ready, resting });
  const code = useRef<CodeViewHandle>(null);
  const pane = useRef<HTMLDivElement>(null);
  /** The next file to come takes the focus, and what was typed already. */
  const wantsFocus = useRef<{ typed(): string } | null>(null);
  const [treeShown, setTreeShown] = useState(true);
  const [comparing, setComparing] = useState<string | null>(null);
  const [tabLeaves, setTabLeaves] = useState(false);

  useEditorTabs({ lesson, editor, tree, views, openPath, onOpenPathChange });
  useEffect(() => {
    setTreeShown(rememberedTreeShown() ?? (pane.current?.clientWidth ?? roomForTree) >= roomForTree);
  }, []);

  const view = views.find((each) => each.path === openPath) ?? null;
  const file = openPath === null ? null : (editor?.files.find(openPath) ?? null);
  const buffer = view?.state === 'open' ? (file?.buffer ?? null) : null;
  const trouble = view?.state === 'open' ? view.trouble : null;
  const theirs = trouble?.kind === 'conflict' && comparing === openPath ? trouble.content : null;

  // In the moment in which the field for its name goes: no key falls between the two.
  useLayoutEffect(() => {
    if (buffer === null || wantsFocus.current === null) return;
    const { typed } = wantsFocus.current;
    wantsFocus.current = null;
    code.current?.focus(typed());
  }, [buffer]);

  const neighbourOf = (closing: readonly string[]): string | null => {
    const at = views.findIndex((each) => each.path === openPath);
    const left = views.filter((each) => !closing.includes(each.path));
    return (views.slice(at + 1).find((each) => left.includes(each)) ?? left.at(-1))?.path ?? null;
  };
  const actions = useFileActions({ lesson, editor, openPath, onOpenPathChange, neighbourOf, reload });
  const open = (path: string, focus: boolean, typed = () => '') => {
    wantsFocus.current = focus && path !== openPath ? { typed } : null;
    if (path !== openPath) onOpenPathChange(path);
    else if (focus) code.current?.focus(typed());
  };
  const close = (path: string, discard = false) => {
    if (path === openPath) onOpenPathChange(neighbourOf([path]));
    if (discard) editor?.files.removed(path);
    else void editor?.files.close(path);
  };
  const showTree = (shown: boolean) => {
    setTreeShown(shown);
    rememberTreeShown(shown);
  };
  const saveForBuild = async (): Promise<boolean> => {
    await editor?.files.flush(); // the build context has the others, too
    return (await file?.flush()) ?? false;
  };
  const flush = () => void editor?.files.flush();
  const onKeyDownCapture = (event: KeyboardEvent) => {
    if (!(event.ctrlKey || event.metaKey) || event.altKey || event.shiftKey || event.key.toLowerCase() !== 's') return;
    event.preventDefault(); // the browser would save the page
    flush();
  };

  return (
    <div ref={pane} className="@container flex h-full min-h-0 bg-code text-ink" onKeyDownCapture={onKeyDownCapture}>
      {treeShown && (
        <div className="h-full w-52 max-w-[45%] shrink-0 border-r border-line">
          <FileTree
            lesson={lesson}
            tree={tree}
            actions={actions}
            openPath={openPath}
            onOpen={open}
            onReload={() => void reload()}
            onHide={() => showTree(false)}
          />
        </div>
      )}
      <div className="flex min-w-0 flex-1 flex-col">
        <div className="flex h-(--tab-height) shrink-0 items-stretch border-b border-line bg-surface">
          {!treeShown && (
            <IconButton
              icon={PanelLeftOpen}
              name="Show files"
              className="mx-0.5 size-7 self-center"
              onClick={() => showTree(true)}
            />
          )}
          <EditorTabs
            views={views}
            active={openPath}
            panelId={panelId}
            onActivate={(path) => open(path, false)}
            onClose={(path) => close(path)}
          />
          {openPath !== null && view?.state === 'open' && isDockerfile(openPath) && (
            <span className="flex items-center px-1.5">
              <BuildButton building={building} onFlush={saveForBuild} onBuild={() => onBuild(openPath)} />
            </span>
          )}
        </div>
        {trouble !== null && openPath !== null && (
          <TroubleBar
            trouble={trouble}
            comparing={theirs !== null}
            onCompare={(both) => setComparing(both ? openPath : null)}
            onKeepMine={() => {
              setComparing(null);
              void file?.keepMine();
            }}
            onTakeTheirs={() => {
              setComparing(null);
              file?.takeTheirs();
            }}
            onRestore={() => void file?.restore()}
            onClose={() => close(openPath, true)}
          />
        )}
        <div id={panelId} role="tabpanel" aria-label={openPath ?? 'No file open'} className="min-h-0 flex-1">
          {view === null && (
            <NoFile
              waiting={tree.state === 'waiting'}
              empty={tree.state === 'shown' && tree.tree.entries.length === 0}
            />
          )}
          {view?.state === 'refused' && (
            <FilePlaceholder
              lesson={lesson}
              view={view}
              onRetry={() => void file?.refresh()}
              onClose={() => close(view.path)}
            />
          )}
          {view !== null && buffer !== null && theirs !== null && (
            <CompareView path={view.path} theirs={theirs} buffer={buffer} />
          )}
          {view !== null && buffer !== null && theirs === null && (
            <CodeView ref={code} path={view.path} buffer={buffer} onTabFocusChange={setTabLeaves} onBlur={flush} />
          )}
        </div>
        {view !== null && view.state !== 'refused' && (
          <EditorFooter
            view={view}
            buffer={buffer}
            tabLeaves={tabLeaves}
            onRetry={() => void file?.flush()}
            onNextProblem={() => code.current?.nextProblem()}
          />
        )}
      </div>
    </div>
  );
}

function NoFile({ waiting, empty }: { waiting: boolean; empty: boolean }) {
  return (
    <p className="p-5 text-control text-ink-soft">
      {waiting
        ? 'Your files open here when the sandbox is ready.'
        : empty
          ? 'Files you make open here, and are saved as you type.'
          : 'Choose a file. It is saved as you type.'}
    </p>
  );
}
