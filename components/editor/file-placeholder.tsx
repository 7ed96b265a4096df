'use client';

import { Download } from 'lucide-react';
import type { ReactNode } from 'react';
import { Button } from '../ui/button.tsx';
import { formatMemory } from '../ui/quantity.ts';
import { download, fileAddress } from './file-addresses.ts';
import { baseName } from './file-names.ts';
import type { FileView } from './file-view.ts';

interface FilePlaceholderProps {
  lesson: string;
  view: Extract<FileView, { state: 'refused' }>;
  onRetry(): void;
  onClose(): void;
}

/** Stands where a file would, when the editor does not open it: what it is, why, and what can be done. */
export function FilePlaceholder({ lesson, view, onRetry, onClose }: FilePlaceholderProps) {
  const name = baseName(view.path);
  const size =
    view.size === null ? '' : ` (${view.size < 1024 * 1024 ? `${view.size} bytes` : formatMemory(view.size)})`;
  const canDownload = view.code === 'file.too-large' || view.code === 'file.binary';
  const words: Partial<Record<typeof view.code, { title: string; text: ReactNode }>> = {
    'file.too-large': {
      title: `${name} is too large for the editor`,
      text: (
        <>
          It opens files up to 1 MiB{size}. In the terminal, <code>less {name}</code> shows it.
        </>
      ),
    },
    'file.binary': { title: `${name} is not text`, text: `The editor opens UTF-8 text only${size}.` },
    'file.not-found': { title: `${name} is not there any more`, text: 'It was renamed or deleted in the terminal.' },
    'file.is-folder': { title: `${name} is a folder`, text: 'Open a file in it.' },
  };
  const { title, text } = words[view.code] ?? { title: `${name} cannot be opened`, text: view.message };
  return (
    <div className="flex h-full flex-col items-start justify-center gap-3 overflow-auto bg-code px-8 py-4">
      <h3 className="text-control font-semibold break-words text-ink">{title}</h3>
      <p className="max-w-[52ch] text-ui text-ink-soft">{text}</p>
      <div className="flex gap-2">
        {canDownload && (
          <Button size="small" onClick={() => download(fileAddress(lesson, view.path))}>
            <Download size={14} aria-hidden="true" />
            Download
          </Button>
        )}
        {!canDownload && view.code !== 'file.is-folder' && (
          <Button size="small" onClick={onRetry}>
            Try again
          </Button>
        )}
        <Button size="small" tone="quiet" onClick={onClose}>
          Close
        </Button>
      </div>
    </div>
  );
}
