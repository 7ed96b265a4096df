'use client';

import type { ReactNode } from 'react';
import { Group, Panel } from 'react-resizable-panels';
import { PaneLine } from './pane-line.tsx';
import { type PaneName, type Panes, paneShares } from './use-panes.ts';

interface PaneFrameProps {
  panes: Panes;
  lesson: ReactNode;
  editor: ReactNode;
  lower: ReactNode;
}

/** Lesson on the left; editor above, terminals below on the right. Sizes in pixels unless they say %. */
export function PaneFrame({ panes, lesson, editor, lower }: PaneFrameProps) {
  const { refs, remember, noteSize, narrow, folded } = panes;
  // Without height or width, and not for Tab either: the focus would be where nobody sees it.
  const isAway = (name: PaneName) => !narrow && folded.has(name);
  // Nor a region that scrolls and that nobody can get to.
  const styleOf = (name: PaneName) => (isAway(name) ? { overflow: 'hidden' } : undefined);
  return (
    <Group
      orientation="horizontal"
      id="panes-columns"
      groupRef={refs.columns}
      disabled={narrow}
      onLayoutChanged={(layout) => remember('columns', layout)}
      className="min-h-0 flex-1"
    >
      <Panel
        id="pane-lesson"
        style={styleOf('lesson')}
        panelRef={refs.lesson}
        defaultSize={`${paneShares.lesson}%`}
        minSize={320}
        collapsible
        onResize={(size) => noteSize('lesson', size)}
      >
        <div inert={isAway('lesson')} className="h-full">
          {lesson}
        </div>
      </Panel>
      <PaneLine
        id="separator-lesson"
        label="Width of the lesson"
        orientation="horizontal"
        panel={refs.lesson}
        least={[320, 360]}
      />
      <Panel id="pane-work" minSize={360}>
        <Group
          orientation="vertical"
          id="panes-rows"
          groupRef={refs.rows}
          disabled={narrow}
          onLayoutChanged={(layout) => remember(panes.rowsKey, layout)}
        >
          <Panel
            id="pane-editor"
            style={styleOf('editor')}
            panelRef={refs.editor}
            defaultSize={`${panes.editorBegins}%`}
            minSize={112}
            collapsible
            onResize={(size) => noteSize('editor', size)}
          >
            <section
              aria-label="Editor"
              data-pane="editor"
              tabIndex={-1}
              inert={isAway('editor')}
              className="on-steel h-full bg-code text-ink outline-none"
            >
              {editor}
            </section>
          </Panel>
          <PaneLine
            id="separator-editor"
            label="Height of the editor"
            orientation="vertical"
            panel={refs.editor}
            least={[112, 112]}
          />
          <Panel
            id="pane-lower"
            style={styleOf('terminal')}
            panelRef={refs.terminal}
            minSize={112}
            collapsible
            onResize={(size) => noteSize('terminal', size)}
          >
            <div inert={isAway('terminal')} className="h-full">
              {lower}
            </div>
          </Panel>
        </Group>
      </Panel>
    </Group>
  );
}
