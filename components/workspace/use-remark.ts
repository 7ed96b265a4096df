'use client';

import { useCallback, useEffect, useRef, useState } from 'react';

/** Words that stand for two and a half seconds. */
export function useRemark(): [string | null, (words: string) => void] {
  const [remark, setRemark] = useState<string | null>(null);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  useEffect(() => () => clearTimeout(timer.current), []);
  const say = useCallback((words: string) => {
    clearTimeout(timer.current);
    setRemark(words);
    timer.current = setTimeout(() => setRemark(null), 2_500);
  }, []);
  return [remark, say];
}
