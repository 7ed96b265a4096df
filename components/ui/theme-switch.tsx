'use client';

import { Monitor, Moon, Sun } from 'lucide-react';
import { useTheme } from 'next-themes';
import { useEffect, useState } from 'react';
import { IconButton } from './icon-button.tsx';

const order = ['system', 'light', 'dark'] as const;
const icons = { system: Monitor, light: Sun, dark: Moon };
const words = { system: 'as the system', light: 'light', dark: 'dark' };

export function ThemeSwitch() {
  const { theme, setTheme } = useTheme();
  const [mounted, setMounted] = useState(false);
  useEffect(() => setMounted(true), []);
  const current = (mounted && order.find((name) => name === theme)) || 'system';
  const next = order[(order.indexOf(current) + 1) % order.length] ?? 'system';
  return <IconButton icon={icons[current]} name={`Theme: ${words[current]}`} onClick={() => setTheme(next)} />;
}
