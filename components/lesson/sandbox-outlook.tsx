import { Archive, Download, TriangleAlert } from 'lucide-react';
import Link from 'next/link';
import type { SandboxOutlook as Outlook, WorkspaceArchive } from '../../protocol/sandbox.ts';
import { archiveAddress } from '../sandbox/archive-address.ts';
import { buttonClass } from '../ui/button.tsx';
import { LocalDay, LocalSpan } from '../ui/local-time.tsx';
import { formatMemory } from '../ui/quantity.ts';

interface SandboxOutlookProps {
  outlook: Outlook;
  /** The lesson to put files back from: any has the way to do it. */
  lesson: string | null;
}

/** What becomes of a sandbox nobody uses, and what was kept of those that are gone. Nothing while all is well. */
export function SandboxOutlook({ outlook, lesson }: SandboxOutlookProps) {
  const { removeAt, archives } = outlook;
  if (removeAt === null && archives.length === 0) return null;
  return (
    <section aria-labelledby="sandbox-heading" className="border-b border-line py-6">
      <h2 id="sandbox-heading" className="sr-only">
        Your sandbox
      </h2>
      {removeAt !== null && <RemovalWarning removeAt={removeAt} />}
      {archives.length > 0 && (
        <ul aria-label="Files of earlier sandboxes" className={removeAt === null ? '' : 'mt-5'}>
          {archives.map((archive) => (
            <ArchiveRow key={archive.id} archive={archive} lesson={lesson} />
          ))}
        </ul>
      )}
    </section>
  );
}

function RemovalWarning({ removeAt }: { removeAt: number }) {
  return (
    <div className="flex items-start gap-3 rounded-md border border-warning bg-warning-soft px-4 py-3 text-control">
      <TriangleAlert size={18} strokeWidth={1.75} aria-hidden="true" className="mt-px shrink-0 text-warning" />
      <div>
        <p className="font-medium">
          Your sandbox will be removed on <LocalDay at={removeAt} />
          <LocalSpan until={removeAt} />
        </p>
        <p className="mt-1 max-w-[68ch] text-ink-soft">
          You have not used it for long. Open any lesson to keep it. Otherwise its containers, images and volumes go;
          your files are kept as an archive, and your progress stays.
        </p>
      </div>
    </div>
  );
}

function ArchiveRow({ archive, lesson }: { archive: WorkspaceArchive; lesson: string | null }) {
  return (
    <li className="flex flex-wrap items-center gap-x-5 gap-y-3 py-2 text-control">
      <Archive size={18} strokeWidth={1.75} aria-hidden="true" className="shrink-0 text-ink-faint" />
      <p className="min-w-0 flex-1 basis-64">
        <span className="font-medium">
          Files of your sandbox, kept on <LocalDay at={archive.createdAt} />
        </span>
        <span className="block text-ui text-ink-faint">
          {formatMemory(archive.bytes)}
          {archive.restoredAt !== null && (
            <>
              {' · put back on '}
              <LocalDay at={archive.restoredAt} />
            </>
          )}
        </span>
      </p>
      <div className="flex gap-2 max-sm:pl-9.5">
        {lesson !== null && archive.restoredAt === null && (
          <Link href={`/learn/${lesson}?restore=${archive.id}`} className={buttonClass('plain', 'small')}>
            Put them back
          </Link>
        )}
        <a href={archiveAddress(archive.id)} download className={buttonClass('quiet', 'small')}>
          <Download size={14} strokeWidth={1.75} aria-hidden="true" />
          Download
        </a>
      </div>
    </li>
  );
}
