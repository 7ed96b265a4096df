'use client';

import type { ReactNode } from 'react';
import { TabList } from '../ui/tab-list.tsx';
import type { AuthorRoom } from './use-author-room.ts';
import type { PaneName, Panes } from './use-panes.ts';

interface PaneTabsProps {
  panes: Panes;
  author: AuthorRoom;
  /** Stands at their end. */
  children: ReactNode;
}

/** On a narrow screen: one pane at a time, and the author view as one more. */
export function PaneTabs({ panes, author, children }: PaneTabsProps) {
  const showsAuthor = author.view.open && panes.view === 'editor' && author.upperTab === 'author';
  return (
    <div className="flex shrink-0 border-b border-line pair:hidden">
      <TabList<PaneName | 'author'>
        label="Panes"
        tabs={[
          { name: 'lesson', label: 'Lesson', controls: 'pane-lesson' },
          { name: 'editor', label: 'Editor', controls: 'pane-editor' },
          { name: 'terminal', label: 'Terminal', controls: 'pane-lower' },
          ...(author.view.open ? [{ name: 'author' as const, label: 'Author', controls: 'pane-editor' }] : []),
        ]}
        active={showsAuthor ? 'author' : panes.view}
        onActivate={(name) => {
          if (name === 'author') return author.bringUp();
          if (name === 'editor') author.setUpperTab('editor');
          panes.show(name);
        }}
        className="px-1"
      />
      {children}
    </div>
  );
}
