import { CircleAlert, Info, Lightbulb, TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';

const tones = {
  note: { word: 'Note', icon: Info, line: 'border-line-strong', sign: 'text-ink-soft' },
  tip: { word: 'Tip', icon: Lightbulb, line: 'border-accent', sign: 'text-accent' },
  important: { word: 'Important', icon: CircleAlert, line: 'border-cached', sign: 'text-cached' },
  warning: { word: 'Warning', icon: TriangleAlert, line: 'border-warning', sign: 'text-warning' },
};

export function Callout({ tone, children }: { tone: keyof typeof tones; children: ReactNode }) {
  const { word, icon: Icon, line, sign } = tones[tone];
  return (
    <div role="note" aria-label={word} className={`border-l-2 ${line} py-0.5 pl-4`}>
      <p aria-hidden="true" className={`mb-1 flex items-center gap-1.5 text-ui font-semibold ${sign}`}>
        <Icon size={14} strokeWidth={2} />
        {word}
      </p>
      {children}
    </div>
  );
}
