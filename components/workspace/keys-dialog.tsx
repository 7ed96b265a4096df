'use client';

import { Dialog } from '../ui/dialog.tsx';
import { Kbd } from '../ui/kbd.tsx';

const groups: { title: string; keys: [string[], string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      [['Ctrl+K', 'Ctrl+Shift+P'], 'Find a command'],
      [['F6'], 'Go to the next pane'],
      [['Shift+F6'], 'Go to the pane before'],
      [['Ctrl+`'], 'Go to the terminal, and back'],
      [['?'], 'Show these keys'],
    ],
  },
  {
    title: 'Terminal',
    keys: [
      [['Ctrl+Shift+C'], 'Copy the selection'],
      [['Ctrl+Shift+V'], 'Paste'],
      [['Ctrl+F'], 'Search'],
      [['Esc Esc'], 'Leave the terminal'],
    ],
  },
  {
    title: 'Editor',
    keys: [
      [['Ctrl+P'], 'Open a file by name'],
      [['Ctrl+S'], 'Not needed: saved as you type'],
      [['Ctrl+F'], 'Search'],
      [['Ctrl+M'], 'Let Tab leave the editor'],
    ],
  },
  {
    title: 'Line between panes, when it has the focus',
    keys: [
      [['←', '→', '↑', '↓'], 'Move the line'],
      [['Enter'], 'Fold or unfold the pane'],
    ],
  },
];

export function KeysDialog({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys" wide closable>
      <div className="mt-5 grid gap-x-10 gap-y-6 sm:grid-cols-2">
        {groups.map((group) => (
          <section key={group.title}>
            <h3 className="text-ui font-semibold text-ink-soft">{group.title}</h3>
            <dl className="mt-2 divide-y divide-line border-y border-line text-ui">
              {group.keys.map(([keys, words]) => (
                <div key={words} className="flex min-h-9 items-center justify-between gap-4 py-1.5">
                  <dt className="order-2 flex shrink-0 flex-wrap justify-end gap-x-2 gap-y-1">
                    {keys.map((key) => (
                      <Kbd key={key} keys={key} />
                    ))}
                  </dt>
                  <dd className="order-1 min-w-0">{words}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
