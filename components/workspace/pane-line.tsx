'use client';

import type { KeyboardEvent, RefObject } from 'react';
import { type PanelImperativeHandle, Separator } from 'react-resizable-panels';

/** How far one press of an arrow key moves the line, in pixels. */
const keyStep = 24;

interface PaneLineProps {
  id: string;
  label: string;
  orientation: 'horizontal' | 'vertical';
  /** The pane before the line. */
  panel: RefObject<PanelImperativeHandle | null>;
  /** The least size of the panes before and after it, in pixels: keys go no further, only Enter folds. */
  least: [number, number];
}

/** The line between two panes. By keys it moves in even steps within the panes' least sizes. */
export function PaneLine({ id, label, orientation, panel, least }: PaneLineProps) {
  const [less, more] = orientation === 'horizontal' ? ['ArrowLeft', 'ArrowRight'] : ['ArrowUp', 'ArrowDown'];
  const onKeyDown = (event: KeyboardEvent<HTMLElement>) => {
    if (![less, more, 'Home', 'End'].includes(event.key)) return;
    event.preventDefault(); // the panels' own steps are uneven, and fold the pane
    const group = event.currentTarget.parentElement;
    const size = panel.current?.getSize().inPixels ?? 0;
    if (group === null || size < 1) return;
    const whole = orientation === 'horizontal' ? group.offsetWidth : group.offsetHeight;
    if (whole - size < 2) return; // the pane after the line is folded
    const wanted = { [less]: size - keyStep, [more]: size + keyStep, Home: 0, End: whole }[event.key] ?? size;
    const most = whole - least[1] - 1;
    panel.current?.resize(Math.round(Math.max(least[0], Math.min(most, wanted))));
  };
  return <Separator id={id} aria-label={label} className="pane-separator" onKeyDownCapture={onKeyDown} />;
}
