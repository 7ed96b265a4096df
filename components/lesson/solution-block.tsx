'use client';

import { type ReactNode, useState } from 'react';
import { Button } from '../ui/button.tsx';

/** Hidden until asked for. `of`: what it holds, "about.html" or "the command". */
export function SolutionBlock({ of, children }: { of: string; children: ReactNode }) {
  const [shown, setShown] = useState(false);
  return shown ? (
    <div className="appear">
      <p className="mb-2 text-ui font-medium text-ink-faint">Solution: {of}</p>
      {children}
    </div>
  ) : (
    <Button size="small" className="self-start" onClick={() => setShown(true)}>
      Show solution: {of}
    </Button>
  );
}
