'use client';

import { Command } from 'cmdk';
import { Dialog as Radix } from 'radix-ui';
import { useRef } from 'react';
import { Kbd } from '../ui/kbd.tsx';
import { useOpener } from '../ui/use-opener.ts';

export interface MenuCommand {
  name: string;
  group: string;
  keys?: string;
  /** Further words it is found by. */
  words?: string[];
  act(): void;
}

interface CommandMenuProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  commands: MenuCommand[];
  placeholder: string;
}

export function CommandMenu({ open, onOpenChange, commands, placeholder }: CommandMenuProps) {
  const { onOpenAutoFocus, onCloseAutoFocus } = useOpener();
  const chosen = useRef<MenuCommand | null>(null);
  const groups = [...new Set(commands.map((command) => command.group))];
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="appear fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          aria-describedby={undefined}
          onOpenAutoFocus={onOpenAutoFocus}
          onCloseAutoFocus={(event) => {
            onCloseAutoFocus(event);
            // After the focus has been given back: a command may want it elsewhere.
            chosen.current?.act();
            chosen.current = null;
          }}
          className="appear on-steel fixed top-[12dvh] left-1/2 z-50 w-[calc(100vw-32px)] max-w-140 -translate-x-1/2 overflow-hidden rounded-lg border border-line-strong bg-raised text-ink focus:outline-none"
        >
          <Radix.Title className="sr-only">Commands</Radix.Title>
          <Command label="Commands" loop>
            <Command.Input
              placeholder={placeholder}
              className="h-12 w-full border-b border-line bg-transparent px-4 text-body outline-none placeholder:text-ink-faint"
            />
            <Command.List className="max-h-[52dvh] overflow-y-auto p-2">
              <Command.Empty className="px-3 py-6 text-control text-ink-soft">Nothing has that name.</Command.Empty>
              {groups.map((group) => (
                <Command.Group
                  key={group}
                  heading={group}
                  className="[&_[cmdk-group-heading]]:px-3 [&_[cmdk-group-heading]]:pt-3 [&_[cmdk-group-heading]]:pb-1 [&_[cmdk-group-heading]]:text-caption [&_[cmdk-group-heading]]:text-ink-faint"
                >
                  {commands
                    .filter((command) => command.group === group)
                    .map((command) => (
                      <Command.Item
                        key={command.name}
                        value={command.name}
                        keywords={command.words ?? []}
                        onSelect={() => {
                          chosen.current = command;
                          onOpenChange(false);
                        }}
                        className="flex h-9 cursor-pointer items-center justify-between gap-4 rounded-md px-3 text-control data-[selected=true]:bg-accent-soft"
                      >
                        <span className="truncate">{command.name}</span>
                        {command.keys !== undefined && <Kbd keys={command.keys} />}
                      </Command.Item>
                    ))}
                </Command.Group>
              ))}
            </Command.List>
          </Command>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
