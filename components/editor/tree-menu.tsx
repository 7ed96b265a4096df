'use client';

import { ContextMenu } from 'radix-ui';
import type { ReactNode } from 'react';

export interface MenuEntry {
  name: string;
  keys?: string;
  danger?: boolean;
  run(): void;
}

/** A menu at the mouse, or at the focused row by Shift+F10. `groups` are set apart by lines. */
export function TreeMenu({ groups, children }: { groups: MenuEntry[][]; children: ReactNode }) {
  return (
    <ContextMenu.Root>
      <ContextMenu.Trigger asChild>{children}</ContextMenu.Trigger>
      <ContextMenu.Portal>
        <ContextMenu.Content
          // Names are typed where the menu was opened: the field keeps its focus.
          onCloseAutoFocus={(event) => event.preventDefault()}
          collisionPadding={8}
          className="appear on-steel z-50 min-w-44 rounded-md border border-line-strong bg-raised p-1 text-ui text-ink"
        >
          {groups.map((group, index) => (
            <div key={group[0]?.name}>
              {index > 0 && <ContextMenu.Separator className="my-1 h-px bg-line" />}
              {group.map((entry) => (
                <ContextMenu.Item
                  key={entry.name}
                  // After the menu has closed: it holds the focus until then.
                  onSelect={() => setTimeout(entry.run, 0)}
                  className={`flex h-7 cursor-default items-center justify-between gap-6 rounded-sm px-2 outline-none data-highlighted:bg-sunken ${entry.danger === true ? 'text-failed' : ''}`}
                >
                  {entry.name}
                  {entry.keys !== undefined && <span className="text-caption text-ink-faint">{entry.keys}</span>}
                </ContextMenu.Item>
              ))}
            </div>
          ))}
        </ContextMenu.Content>
      </ContextMenu.Portal>
    </ContextMenu.Root>
  );
}
