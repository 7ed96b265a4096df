import { CopyButton } from '../ui/copy-button.tsx';
import { CodeText } from './code-text.tsx';

const shells = new Set(['sh', 'bash', 'console', 'shell', 'shellsession']);

/** Code to read, with Copy and nothing to run. */
export function ListingBlock({ code, html, language }: { code: string; html: string; language: string }) {
  return (
    <div className="group relative rounded-md border border-line bg-sunken">
      <CodeText
        html={html}
        label={language === '' ? 'Listing' : `Listing, ${language}`}
        className={`py-3 pr-14 pl-4 ${shells.has(language) ? 'command' : ''}`}
      />
      <CopyButton text={code} what="listing" className="absolute top-1.5 right-1.5 bg-sunken" />
    </div>
  );
}
