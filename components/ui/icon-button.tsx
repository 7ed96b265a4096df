'use client';

import type { LucideIcon } from 'lucide-react';
import type { ButtonHTMLAttributes, ReactNode } from 'react';
import { classNames } from './class-names.ts';
import { Tooltip } from './tooltip.tsx';

interface IconButtonProps extends Omit<ButtonHTMLAttributes<HTMLButtonElement>, 'aria-label' | 'children'> {
  icon: LucideIcon;
  /** What it does; shown on hover and read out. */
  name: string;
  /** Stands after the name in the tooltip, a key for instance. */
  note?: ReactNode;
}

export function IconButton({ icon: Icon, name, note, className, ...rest }: IconButtonProps) {
  return (
    <Tooltip
      words={
        <>
          {name}
          {note !== undefined && <span className="ml-2 opacity-70">{note}</span>}
        </>
      }
    >
      <button
        type="button"
        aria-label={name}
        className={classNames(
          'inline-flex size-8 shrink-0 items-center justify-center rounded-md text-ink-soft transition-colors',
          'hover:bg-sunken hover:text-ink aria-pressed:text-ink',
          className,
        )}
        {...rest}
      >
        <Icon size={16} strokeWidth={1.75} aria-hidden="true" />
      </button>
    </Tooltip>
  );
}
