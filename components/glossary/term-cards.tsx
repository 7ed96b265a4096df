'use client';

import { ArrowUpRight } from 'lucide-react';
import { type RefObject, useEffect, useId, useLayoutEffect, useRef, useState } from 'react';
import type { TermView } from '../../protocol/lesson-view.ts';
import { glossaryTab } from '../../protocol/reference.ts';
import { InlineCode } from '../ui/inline-code.tsx';
import { cardPlace } from './card-place.ts';

/** How long the pointer rests on a word before its card comes, and may be away from both before it goes. Milliseconds. */
const delays = { show: 200, hide: 180 };

interface TermCardsProps {
  terms: readonly TermView[];
  /** The text that holds links to terms. */
  text: RefObject<HTMLElement | null>;
}

interface Shown {
  term: TermView;
  link: HTMLAnchorElement;
}

/**
 * What a term means, in a card beside the link to it: on hover, on focus, and on a touch, which else would leave the
 * lesson. Escape closes it, and the focus never moves: the link itself leads to the glossary. One card for the whole text.
 */
export function TermCards({ terms, text }: TermCardsProps) {
  const [shown, setShown] = useState<Shown | null>(null);
  const card = useRef<HTMLDivElement>(null);
  const id = useId();

  useEffect(() => {
    const root = text.current;
    if (root === null || terms.length === 0) return;
    const byId = new Map(terms.map((term) => [term.id, term]));
    let timer: ReturnType<typeof setTimeout> | null = null;
    let open: HTMLAnchorElement | null = null;
    const set = (link: HTMLAnchorElement | null): void => {
      if (timer !== null) clearTimeout(timer);
      timer = null;
      if (open === link) return;
      open?.removeAttribute('aria-describedby');
      open = link;
      const term = byId.get(link?.dataset.term ?? '');
      setShown(link === null || term === undefined ? null : { term, link });
    };
    const later = (link: HTMLAnchorElement | null, delay: number): void => {
      if (timer !== null) clearTimeout(timer);
      timer = setTimeout(() => set(link), delay);
    };
    const linkAt = (target: EventTarget | null): HTMLAnchorElement | null => {
      const link = target instanceof Element ? target.closest<HTMLAnchorElement>('a[data-term]') : null;
      return link !== null && root.contains(link) && byId.has(link.dataset.term ?? '') ? link : null;
    };
    const isInCard = (target: EventTarget | null): boolean =>
      target instanceof Node && card.current?.contains(target) === true;

    const onPointerOver = (event: PointerEvent): void => {
      if (event.pointerType === 'touch') return;
      const link = linkAt(event.target);
      if (link !== null) later(link, open === link ? 0 : delays.show);
      else if (isInCard(event.target)) later(open, 0);
      // What has the focus keeps its card.
      else if (open === null || open !== document.activeElement) later(null, delays.hide);
    };
    const onFocusIn = (event: FocusEvent): void => {
      const link = linkAt(event.target);
      if (link?.matches(':focus-visible')) set(link);
      else if (!isInCard(event.target)) set(null);
    };
    const onFocusOut = (event: FocusEvent): void => {
      if (linkAt(event.target) === open && !isInCard(event.relatedTarget)) later(null, delays.hide);
    };
    // A finger cannot hover: its first touch shows the card, the second one goes to the glossary.
    let touched = false;
    const onPointerDown = (event: PointerEvent): void => {
      touched = event.pointerType === 'touch';
      if (linkAt(event.target) === null && !isInCard(event.target)) set(null);
    };
    const onClick = (event: MouseEvent): void => {
      const link = linkAt(event.target);
      if (link === null || !touched || open === link) return;
      event.preventDefault();
      set(link);
    };
    const onKeyDown = (event: KeyboardEvent): void => {
      if (event.key !== 'Escape' || open === null) return;
      event.stopPropagation();
      set(null);
    };
    const onScroll = (event: Event): void => {
      if (!isInCard(event.target)) set(null);
    };
    const abort = new AbortController();
    const { signal } = abort;
    document.addEventListener('pointerover', onPointerOver, { signal });
    document.addEventListener('pointerdown', onPointerDown, { signal });
    document.addEventListener('focusin', onFocusIn, { signal });
    document.addEventListener('focusout', onFocusOut, { signal });
    document.addEventListener('keydown', onKeyDown, { signal, capture: true });
    root.addEventListener('click', onClick, { signal });
    root.addEventListener('scroll', onScroll, { signal, passive: true });
    window.addEventListener('resize', () => set(null), { signal });
    return () => {
      abort.abort();
      set(null);
    };
  }, [terms, text]);

  // In the top layer: nothing of the page's panes can cut it off.
  useLayoutEffect(() => {
    const element = card.current;
    if (element === null || shown === null || typeof element.showPopover !== 'function') return;
    const { link } = shown;
    element.showPopover();
    // The last piece of a link that is broken over two lines.
    const around = [...link.getClientRects()].at(-1) ?? link.getBoundingClientRect();
    const place = cardPlace(around, element.getBoundingClientRect(), {
      width: document.documentElement.clientWidth,
      height: window.innerHeight,
    });
    element.style.left = `${place.left}px`;
    element.style.top = `${place.top}px`;
    link.setAttribute('aria-describedby', id);
  }, [shown, id]);

  if (shown === null) return null;
  const { term, link } = shown;
  return (
    <div
      ref={card}
      key={term.id}
      popover="manual"
      data-term-card={term.id}
      className="appear on-paper fixed inset-auto m-0 w-80 max-w-[calc(100vw-16px)] rounded-lg border border-line-strong bg-raised px-4 py-3 text-control leading-relaxed text-ink shadow-none"
    >
      <div id={id} role="tooltip">
        <p className="font-semibold">
          <InlineCode text={term.title} />
        </p>
        <p className="mt-1">
          <InlineCode text={term.definition} />
        </p>
        {term.more !== '' && (
          <p className="mt-1.5 text-ui leading-relaxed text-ink-soft">
            <InlineCode text={term.more} />
          </p>
        )}
      </div>
      <a
        href={link.href}
        target={glossaryTab}
        tabIndex={-1}
        className="mt-2 inline-flex items-center gap-1 text-ui text-ink-soft underline decoration-accent-line underline-offset-4 hover:text-accent"
      >
        Open the glossary
        <ArrowUpRight size={14} strokeWidth={1.75} aria-hidden="true" />
        <span className="sr-only"> in a tab of its own</span>
      </a>
    </div>
  );
}
