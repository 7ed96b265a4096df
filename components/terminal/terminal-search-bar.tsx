'use client';

import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { IconButton } from '../ui/icon-button.tsx';
import type { Xterm } from './create-xterm.ts';
import { readTerminalLook } from './terminal-theme.ts';

interface TerminalSearchBarProps {
  name: string;
  xterm: Xterm;
  onClose(): void;
}

/** Finds text in what the terminal still keeps, from the newest up. Enter: older; Shift+Enter: newer; Esc closes. */
export function TerminalSearchBar({ name, xterm, onClose }: TerminalSearchBarProps) {
  const [term, setTerm] = useState('');
  const [found, setFound] = useState<{ index: number; count: number } | null>(null);
  const input = useRef<HTMLInputElement>(null);

  useEffect(() => {
    input.current?.focus();
    const selected = xterm.terminal.getSelection();
    if (selected !== '' && !selected.includes('\n')) setTerm(selected);
    const results = xterm.search.onDidChangeResults(({ resultIndex, resultCount }) =>
      setFound({ index: resultIndex, count: resultCount }),
    );
    return () => {
      results.dispose();
      xterm.search.clearDecorations();
    };
  }, [xterm]);

  // As one types, the newest match is found first: it is nearest to the prompt.
  useEffect(() => {
    if (term === '') {
      xterm.search.clearDecorations();
      setFound(null);
      return;
    }
    xterm.search.findPrevious(term, searchOptions(xterm));
  }, [term, xterm]);

  const next = () => term !== '' && xterm.search.findNext(term, searchOptions(xterm));
  const previous = () => term !== '' && xterm.search.findPrevious(term, searchOptions(xterm));
  return (
    <search
      aria-label={`Search in terminal ${name}`}
      className="absolute top-2 right-4 z-20 flex items-center gap-1 rounded-md border border-line-strong bg-raised p-1 text-ink"
    >
      <input
        ref={input}
        type="text"
        value={term}
        aria-label="Find in terminal"
        placeholder="Find"
        spellCheck={false}
        autoComplete="off"
        className="h-7 w-44 rounded-sm bg-sunken px-2 text-ui placeholder:text-ink-faint"
        onChange={(event) => setTerm(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Escape') {
            event.preventDefault();
            event.stopPropagation();
            onClose();
          } else if (event.key === 'Enter') {
            event.preventDefault();
            if (event.shiftKey) next();
            else previous();
          } else if (event.key === 'f' && event.ctrlKey) {
            event.preventDefault();
            input.current?.select();
          }
        }}
      />
      <span role="status" className="min-w-16 px-1 text-center text-caption text-ink-soft tabular-nums">
        {countWords(term, found)}
      </span>
      <IconButton icon={ChevronUp} name="Previous match" note="Enter" className="size-7" onClick={previous} />
      <IconButton icon={ChevronDown} name="Next match" note="Shift+Enter" className="size-7" onClick={next} />
      <IconButton icon={X} name="Close search" note="Esc" className="size-7" onClick={onClose} />
    </search>
  );
}

function countWords(term: string, found: { index: number; count: number } | null): string {
  if (term === '' || found === null) return '';
  if (found.count === 0) return 'None';
  return found.index < 0 ? `${found.count}` : `${found.index + 1} of ${found.count}`;
}

function searchOptions(xterm: Xterm) {
  const element = xterm.terminal.element ?? document.documentElement;
  const { match, active } = readTerminalLook(element).search;
  return {
    decorations: {
      matchBackground: match,
      matchOverviewRuler: match,
      activeMatchBackground: active,
      activeMatchColorOverviewRuler: active,
    },
  };
}
