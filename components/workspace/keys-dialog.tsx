'use client';

import { Dialog } from '../ui/dialog.tsx';
import { Kbd } from '../ui/kbd.tsx';

const groups: { title: string; keys: [string[], string][] }[] = [
  {
    title: 'Everywhere',
    keys: [
      [['Ctrl+K', 'Ctrl+Shift+P'], 'Commands (in terminal and editor the second)'],
      [['F6'], 'Next pane; with Shift the one before'],
      [['Ctrl+`'], 'Terminal, and back'],
      [['?'], 'This list'],
    ],
  },
  {
    title: 'Terminal',
    keys: [
      [['Ctrl+Shift+C'], 'Copy what is selected'],
      [['Ctrl+Shift+V'], 'Paste'],
      [['Ctrl+F'], 'Search'],
      [['Esc Esc'], 'Leave the terminal'],
    ],
  },
  {
    title: 'Editor',
    keys: [
      [['Ctrl+P'], 'Open a file by name'],
      [['Ctrl+S'], 'Nothing: it is saved as you type'],
      [['Ctrl+F'], 'Search'],
      [['Ctrl+M'], 'Tab moves on instead of indenting'],
    ],
  },
  {
    title: 'Between panes',
    keys: [
      [['←', '→', '↑', '↓'], 'Move the line that has the focus'],
      [['Enter'], 'Fold the pane beside it, and unfold'],
    ],
  },
];

export function KeysDialog({ open, onOpenChange }: { open: boolean; onOpenChange(open: boolean): void }) {
  return (
    <Dialog open={open} onOpenChange={onOpenChange} title="Keys" wide>
      <div className="mt-5 grid gap-x-10 gap-y-6 sm:grid-cols-2">
        {groups.map((group) => (
          <section key={group.title}>
            <h3 className="text-ui font-semibold text-ink-soft">{group.title}</h3>
            <dl className="mt-2 space-y-2 text-ui">
              {group.keys.map(([keys, words]) => (
                <div key={words} className="flex flex-col gap-0.5">
                  <dt className="flex flex-wrap gap-2">
                    {keys.map((key) => (
                      <Kbd key={key} keys={key} />
                    ))}
                  </dt>
                  <dd className="text-ink-soft">{words}</dd>
                </div>
              ))}
            </dl>
          </section>
        ))}
      </div>
    </Dialog>
  );
}
