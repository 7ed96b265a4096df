'use client';

import { type ReactNode, useEffect, useRef } from 'react';

/** The bar's links on a narrow screen. Without JavaScript it opens and closes all the same. */
export function SiteMenu({ children }: { children: ReactNode }) {
  const menu = useRef<HTMLDetailsElement>(null);
  useEffect(() => {
    const close = (): void => {
      if (menu.current !== null) menu.current.open = false;
    };
    const onPointerDown = ({ target }: PointerEvent): void => {
      if (target instanceof Node && menu.current?.contains(target) === false) close();
    };
    const onKeyDown = ({ key }: KeyboardEvent): void => {
      if (key !== 'Escape' || menu.current?.open !== true) return;
      close();
      menu.current.querySelector('summary')?.focus();
    };
    document.addEventListener('pointerdown', onPointerDown);
    document.addEventListener('keydown', onKeyDown);
    return () => {
      document.removeEventListener('pointerdown', onPointerDown);
      document.removeEventListener('keydown', onKeyDown);
    };
  }, []);
  return (
    <details ref={menu} className="relative sm:hidden">
      <summary className="flex h-9 list-none items-center rounded-md px-2 text-ui text-ink-soft hover:text-ink [&::-webkit-details-marker]:hidden">
        Look up
      </summary>
      <nav
        aria-label="Pages"
        className="absolute top-10 right-0 z-30 w-44 overflow-hidden rounded-lg border border-line-strong bg-raised"
      >
        {children}
      </nav>
    </details>
  );
}
