'use client';

import { Component, type ReactNode, type RefObject } from 'react';

interface KeepPlaceProps {
  scroller: RefObject<HTMLElement | null>;
  /** When one of these is another one, the text may have another length. */
  watched: readonly unknown[];
  children: ReactNode;
}

interface Place {
  element: Element;
  step: string | null;
  top: number;
}

/**
 * What is being read stays where it is while the text above it grows or shrinks. Browsers do that by themselves for
 * some changes, not for all, and Safari for none. A class, because only a class is told right before the page changes.
 */
export class KeepPlace extends Component<KeepPlaceProps> {
  override getSnapshotBeforeUpdate(before: KeepPlaceProps): Place | null {
    const { scroller, watched } = this.props;
    if (watched.every((value, index) => value === before.watched[index])) return null;
    const column = scroller.current;
    return column === null || column.scrollTop === 0 ? null : placeOf(column);
  }

  override componentDidUpdate(_before: KeepPlaceProps, _state: unknown, place: Place | null): void {
    const column = this.props.scroller.current;
    if (place === null || column === null) return;
    const element = place.element.isConnected ? place.element : sectionOf(column, place.step);
    const moved = (element?.getBoundingClientRect().top ?? place.top) - place.top;
    if (moved !== 0) column.scrollTop += moved;
  }

  override render(): ReactNode {
    return this.props.children;
  }
}

/** The first part of the text that begins in sight. */
function placeOf(column: HTMLElement): Place | null {
  const { top, bottom } = column.getBoundingClientRect();
  let found: Place | null = null;
  for (const element of column.querySelectorAll('[data-step], [data-blocks] > *')) {
    const at = element.getBoundingClientRect().top;
    if (at >= bottom) break;
    found = { element, step: element.closest('[data-step]')?.getAttribute('data-step') ?? null, top: at };
    if (at >= top) break;
  }
  return found;
}

function sectionOf(column: HTMLElement, step: string | null): Element | null {
  return step === null ? null : column.querySelector(`[data-step="${CSS.escape(step)}"]`);
}
