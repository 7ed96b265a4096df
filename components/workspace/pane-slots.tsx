'use client';

import dynamic from 'next/dynamic';

/** Monaco and xterm come after the lesson can be read, each with its own pane. */
export const EditorSlot = dynamic(() => import('../editor/editor-pane.tsx').then((module) => module.EditorPane), {
  ssr: false,
  loading: () => <EditorSkeleton />,
});

export const TerminalSlot = dynamic(
  () => import('../terminal/terminal-pane.tsx').then((module) => module.TerminalPane),
  {
    ssr: false,
    loading: () => <TerminalSkeleton />,
  },
);

const codeLines = ['w-40', 'w-64', 'w-0', 'w-52', 'w-72', 'w-32'];
const treeLines = ['w-20', 'w-24', 'w-16'];

function EditorSkeleton() {
  return (
    <div aria-hidden="true" className="flex h-full bg-code">
      <div className="w-44 space-y-3.5 border-r border-line bg-surface p-4 pt-12">
        {treeLines.map((width) => (
          <div key={width} className={`h-2 rounded-full bg-line ${width}`} />
        ))}
      </div>
      <div className="min-w-0 flex-1">
        <div className="h-(--tab-height) border-b border-line bg-surface" />
        <div className="space-y-3 p-4 pl-12">
          {codeLines.map((width) => (
            <div key={width} className={`h-2 max-w-full rounded-full bg-line ${width}`} />
          ))}
        </div>
      </div>
    </div>
  );
}

function TerminalSkeleton() {
  return (
    <div aria-hidden="true" className="flex h-full flex-col bg-terminal">
      <div className="h-(--tab-height) shrink-0 border-b border-line bg-surface" />
      <div className="p-4">
        <span className="breathing inline-block h-4 w-2 bg-line-strong" />
      </div>
    </div>
  );
}
