'use client';

import { Component, type ReactNode, useCallback, useEffect, useRef, useState } from 'react';
import { Button } from '../ui/button.tsx';
import { diagramName } from './diagram-name.ts';
import { drawDiagram } from './draw-diagram.ts';

type Drawing = { state: 'drawing' } | { state: 'drawn' } | { state: 'failed'; why: string };

/** A diagram, drawn by the page itself; its source can be read beside it, and instead of it where it fails. */
export function DiagramBlock({ source }: { source: string }) {
  return (
    <DiagramBoundary source={source}>
      <Diagram source={source} />
    </DiagramBoundary>
  );
}

function Diagram({ source }: { source: string }) {
  const frame = useRef<HTMLDivElement>(null);
  const [drawing, setDrawing] = useState<Drawing>({ state: 'drawing' });
  const [scrolls, setScrolls] = useState(false);
  const latest = useRef(0);
  const { title } = diagramName(source);

  const draw = useCallback(() => {
    latest.current += 1;
    const turn = latest.current;
    drawDiagram(source).then(
      (svg) => {
        if (turn !== latest.current) return;
        frame.current?.replaceChildren(svg);
        setDrawing({ state: 'drawn' });
      },
      (error: unknown) => {
        if (turn !== latest.current) return;
        frame.current?.replaceChildren();
        setDrawing({ state: 'failed', why: error instanceof Error ? error.message : 'It gave no reason.' });
      },
    );
  }, [source]);

  useEffect(() => {
    draw();
    // Its colours are the page's: they change when the page turns light or dark.
    const theme = new MutationObserver(draw);
    theme.observe(document.documentElement, { attributeFilter: ['data-theme'] });
    return () => {
      theme.disconnect();
      latest.current += 1;
    };
  }, [draw]);

  useEffect(() => {
    const box = frame.current;
    if (box === null) return;
    const sizes = new ResizeObserver(() => setScrolls(box.scrollWidth > box.clientWidth + 1));
    sizes.observe(box);
    return () => sizes.disconnect();
  }, []);

  const tryAgain = () => {
    setDrawing({ state: 'drawing' });
    draw();
  };
  const failed = drawing.state === 'failed';
  return (
    <figure data-diagram={drawing.state} className="rounded-md border border-line bg-surface">
      <div
        ref={frame}
        hidden={failed}
        // What scrolls has to be reachable by keyboard.
        {...(scrolls ? { role: 'group', 'aria-label': `${title}, scrolls sideways`, tabIndex: 0 } : {})}
        style={drawing.state === 'drawing' ? { minHeight: expectedHeight(source) } : undefined}
        className="diagram overflow-x-auto p-4"
      />
      {failed ? (
        <FailedDiagram source={source} why={drawing.why}>
          <Button size="small" onClick={tryAgain}>
            Try again
          </Button>
        </FailedDiagram>
      ) : (
        <details className="group border-t border-line">
          <summary className="flex items-center gap-2 px-4 py-1.5 text-ui text-ink-faint select-none hover:text-ink">
            <span aria-hidden="true" className="inline-block transition-transform group-open:rotate-90">
              ›
            </span>
            Show as text
          </summary>
          <Source source={source} />
        </details>
      )}
    </figure>
  );
}

function FailedDiagram({ source, why, children }: { source: string; why: string; children?: ReactNode }) {
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-2 px-4 pt-3 text-ui">
        <p className="text-warning">This diagram could not be drawn. This is what it says:</p>
        {children}
      </div>
      <Source source={source} />
      <p className="px-4 pb-3 text-ui break-words text-ink-faint">The reason: {firstLine(why)}</p>
    </>
  );
}

function Source({ source }: { source: string }) {
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <pre tabIndex={0} className="overflow-x-auto px-4 py-3 font-mono text-ui leading-relaxed">
      {source}
    </pre>
  );
}

/** Whatever goes wrong while drawing, the lesson stays. */
class DiagramBoundary extends Component<{ source: string; children: ReactNode }, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override componentDidUpdate(before: { source: string }) {
    if (this.state.error !== null && before.source !== this.props.source) this.setState({ error: null });
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <figure data-diagram="failed" className="rounded-md border border-line bg-surface">
        <FailedDiagram source={this.props.source} why={this.state.error.message} />
      </figure>
    );
  }
}

/** Room to keep while it is drawn, so that little moves afterwards; pixels. */
function expectedHeight(source: string): number {
  const lines = source.split('\n').filter((line) => line.trim() !== '').length;
  return Math.min(400, 72 + lines * 30);
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.replace(/:$/, '.').slice(0, 300) ?? '';
}
