'use client';

import { Hammer } from 'lucide-react';
import { useState } from 'react';
import { Button } from '../ui/button.tsx';

/** Builds what is on disk, so what was typed goes there first. */
export function BuildButton({
  building,
  onFlush,
  onBuild,
}: {
  building: boolean;
  onFlush(): Promise<boolean>;
  onBuild(): void;
}) {
  const [saving, setSaving] = useState(false);
  const build = async () => {
    setSaving(true);
    const saved = await onFlush();
    setSaving(false);
    // Why not is said under the text.
    if (saved) onBuild();
  };
  return (
    <Button tone="primary" size="small" disabled={building || saving} onClick={() => void build()}>
      <Hammer size={14} aria-hidden="true" />
      {building ? 'Building…' : 'Build'}
    </Button>
  );
}
