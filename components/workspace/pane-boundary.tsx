'use client';

import { Component, type ReactNode } from 'react';
import { Button } from '../ui/button.tsx';

interface PaneBoundaryProps {
  /** "The editor", "The terminal". */
  pane: string;
  children: ReactNode;
}

/** A pane that breaks, or whose code could not be fetched, leaves the lesson and the other panes alone. */
export class PaneBoundary extends Component<PaneBoundaryProps, { error: Error | null }> {
  override state: { error: Error | null } = { error: null };

  static getDerivedStateFromError(error: Error) {
    return { error };
  }

  override render() {
    if (this.state.error === null) return this.props.children;
    return (
      <div role="alert" className="h-full overflow-y-auto p-6 text-control">
        <p className="font-semibold">{this.props.pane} stopped working in this page</p>
        <p className="mt-2 max-w-[60ch] text-ink-soft">
          Your sandbox and your files are not touched. What it said: <code>{this.state.error.message}</code>
        </p>
        <div className="mt-4 flex gap-2">
          <Button tone="primary" size="small" onClick={() => this.setState({ error: null })}>
            Try again
          </Button>
          <Button size="small" onClick={() => window.location.reload()}>
            Reload the page
          </Button>
        </div>
      </div>
    );
  }
}
