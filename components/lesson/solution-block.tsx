'use client';

import { type ReactNode, useState } from 'react';
import { Button } from '../ui/button.tsx';

/** Hidden until asked for. */
export function SolutionBlock({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState(false);
  return shown ? (
    <div className="appear">
      <p className="mb-2 text-ui font-medium text-ink-faint">Solution</p>
      {children}
    </div>
  ) : (
    <Button size="small" className="self-start" onClick={() => setShown(true)}>
      Show solution
    </Button>
  );
}
