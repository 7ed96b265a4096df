'use client';

import { useEffect, useState } from 'react';

/** Read out once typing rests, not after each letter. */
const rests = 600;

/** What a search found, in words, shown at once and read out later. */
export function SearchCount({ words, narrowed }: { words: string; narrowed: boolean }) {
  const [spoken, setSpoken] = useState('');
  useEffect(() => {
    const timer = setTimeout(() => setSpoken(narrowed ? words : ''), rests);
    return () => clearTimeout(timer);
  }, [words, narrowed]);
  return (
    <>
      <p className="mt-4 text-ui text-ink-faint">{words}</p>
      <p role="status" className="sr-only">
        {spoken}
      </p>
    </>
  );
}
