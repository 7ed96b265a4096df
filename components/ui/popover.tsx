'use client';

import { X } from 'lucide-react';
import { Popover as Radix } from 'radix-ui';
import type { ReactNode } from 'react';

interface PopoverProps {
  /** The button that opens it. */
  trigger: ReactNode;
  title: string;
  children: ReactNode;
}

/** A panel beside the button that opens it; the page behind goes on. Escape and its own button close it. */
export function Popover({ trigger, title, children }: PopoverProps) {
  return (
    <Radix.Root>
      <Radix.Trigger asChild>{trigger}</Radix.Trigger>
      <Radix.Portal>
        <Radix.Content
          side="top"
          align="end"
          sideOffset={8}
          collisionPadding={8}
          aria-label={title}
          className="appear on-steel z-40 flex max-h-(--radix-popover-content-available-height) w-[calc(100vw-16px)] max-w-176 flex-col overflow-hidden rounded-lg border border-line-strong bg-raised text-ink focus:outline-none"
        >
          <div className="flex h-11 shrink-0 items-center justify-between border-b border-line pr-2 pl-5">
            <h2 className="text-control font-semibold">{title}</h2>
            <Radix.Close asChild>
              <button
                type="button"
                aria-label="Close"
                className="inline-flex size-8 items-center justify-center rounded-md text-ink-soft transition-colors hover:bg-sunken hover:text-ink"
              >
                <X size={16} strokeWidth={1.75} aria-hidden="true" />
              </button>
            </Radix.Close>
          </div>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard */}
          <section tabIndex={0} aria-label={`${title}, details`} className="min-h-0 overflow-y-auto px-5 py-4">
            {children}
          </section>
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
