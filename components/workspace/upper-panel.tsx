'use client';

import type { ReactNode } from 'react';
import { classNames } from '../ui/class-names.ts';
import { TabList } from '../ui/tab-list.tsx';

export type UpperTab = 'editor' | 'author';

interface UpperPanelProps {
  tab: UpperTab;
  onTab(tab: UpperTab): void;
  editor: ReactNode;
  /** null: it is closed, and there are no tabs. */
  author: ReactNode | null;
}

/** Above the terminals: the editor, and for who writes the lesson the author view beside it. */
export function UpperPanel({ tab, onTab, editor, author }: UpperPanelProps) {
  const showsAuthor = author !== null && tab === 'author';
  return (
    <div className="flex h-full min-h-0 flex-col">
      {author !== null && (
        <TabList<UpperTab>
          label="Editor and author view"
          tabs={[
            { name: 'editor', label: 'Editor', controls: 'upper-editor' },
            { name: 'author', label: 'Author', controls: 'upper-author' },
          ]}
          active={showsAuthor ? 'author' : 'editor'}
          onActivate={onTab}
          // On a narrow screen the panes' own tabs hold both.
          className="hidden shrink-0 border-b border-line bg-surface px-1 pair:flex"
        />
      )}
      <div className="relative min-h-0 flex-1">
        {/* Kept in the layout while hidden: an editor that loses its size loses its place. */}
        <div id="upper-editor" className={classNames('absolute inset-0', showsAuthor && 'invisible')}>
          {editor}
        </div>
        {author !== null && (
          <div id="upper-author" className={classNames('absolute inset-0', !showsAuthor && 'hidden')}>
            {author}
          </div>
        )}
      </div>
    </div>
  );
}
