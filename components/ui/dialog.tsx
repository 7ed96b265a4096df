'use client';

import { X } from 'lucide-react';
import { Dialog as Radix } from 'radix-ui';
import type { ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { useOpener } from './use-opener.ts';

interface DialogProps {
  open: boolean;
  onOpenChange(open: boolean): void;
  title: string;
  description?: ReactNode;
  /** `alertdialog` for a question that has to be answered. */
  role?: 'dialog' | 'alertdialog';
  wide?: boolean;
  /** With a button that closes it; for a dialog that has no other. */
  closable?: boolean;
  children: ReactNode;
}

export function Dialog({
  open,
  onOpenChange,
  title,
  description,
  role = 'dialog',
  wide,
  closable,
  children,
}: DialogProps) {
  const opener = useOpener();
  return (
    <Radix.Root open={open} onOpenChange={onOpenChange}>
      <Radix.Portal>
        <Radix.Overlay className="appear fixed inset-0 z-40 bg-scrim" />
        <Radix.Content
          role={role}
          {...opener}
          {...(description === undefined ? { 'aria-describedby': undefined } : {})}
          className={classNames(
            'appear on-steel fixed left-1/2 top-[12dvh] z-50 max-h-[76dvh] w-[calc(100vw-32px)] -translate-x-1/2 overflow-y-auto',
            'rounded-lg border border-line-strong bg-raised p-6 text-ink focus:outline-none',
            wide ? 'max-w-180' : 'max-w-120',
          )}
        >
          <Radix.Title className="text-lead leading-snug font-semibold tracking-tight">{title}</Radix.Title>
          {description !== undefined && (
            <Radix.Description className="mt-2 text-control text-ink-soft">{description}</Radix.Description>
          )}
          {children}
          {closable === true && (
            <Radix.Close asChild>
              <button
                type="button"
                aria-label="Close"
                className="absolute top-4 right-4 inline-flex size-8 items-center justify-center rounded-md text-ink-soft transition-colors hover:bg-sunken hover:text-ink"
              >
                <X size={16} strokeWidth={1.75} aria-hidden="true" />
              </button>
            </Radix.Close>
          )}
        </Radix.Content>
      </Radix.Portal>
    </Radix.Root>
  );
}
