import '@fontsource-variable/inter/opsz.css';
import '@fontsource-variable/jetbrains-mono/wght.css';
import './globals.css';
import type { Metadata, Viewport } from 'next';
import type { ReactNode } from 'react';
import { ThemeProvider } from '../components/ui/theme-provider.tsx';
import { TooltipProvider } from '../components/ui/tooltip.tsx';
import { readNonce } from './lab.ts';

export const metadata: Metadata = {
  title: { default: 'Drydock', template: '%s · Drydock' },
  description: 'Learn Docker on a real Docker of your own.',
  referrer: 'same-origin',
};

export const viewport: Viewport = {
  width: 'device-width',
  initialScale: 1,
  themeColor: [
    { media: '(prefers-color-scheme: light)', color: '#f3f5f7' },
    { media: '(prefers-color-scheme: dark)', color: '#15191e' },
  ],
};

export default async function RootLayout({ children }: { children: ReactNode }) {
  const nonce = await readNonce();
  return (
    <html lang="en" suppressHydrationWarning>
      <body>
        <a
          // No term, step or command has an id with a colon.
          href="#page:main"
          className="sr-only z-60 rounded-md bg-accent px-4 py-2 font-medium text-on-accent focus:not-sr-only focus:fixed focus:top-2 focus:left-2"
        >
          Skip to the text
        </a>
        <ThemeProvider nonce={nonce}>
          <TooltipProvider>{children}</TooltipProvider>
        </ThemeProvider>
      </body>
    </html>
  );
}
