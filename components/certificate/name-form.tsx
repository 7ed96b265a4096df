'use client';

import { Printer } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { type FormEvent, useId, useState } from 'react';
import { learnerName, longestName } from '../../protocol/certificate.ts';
import { LabError } from '../realtime/lab-connection.ts';
import { LabProvider, useConnectionStatus, useLab } from '../realtime/lab-provider.tsx';
import { Button } from '../ui/button.tsx';

/** How the learner wants to be called, and the way to paper. */
export function NameForm({ name }: { name: string }) {
  // The connection is opened when somebody types.
  const [wanted, setWanted] = useState(false);
  return (
    <LabProvider wanted={wanted}>
      <Fields name={name} onFocus={() => setWanted(true)} />
    </LabProvider>
  );
}

function Fields({ name, onFocus }: { name: string; onFocus(): void }) {
  const lab = useLab();
  const status = useConnectionStatus();
  const router = useRouter();
  const field = useId();
  const [typed, setTyped] = useState(name);
  const [pending, setPending] = useState(false);
  const [said, setSaid] = useState<{ words: string; isTrouble: boolean } | null>(null);

  const save = async () => {
    const parsed = learnerName.safeParse(typed);
    if (!parsed.success) {
      return setSaid({ words: parsed.error.issues[0]?.message ?? 'This name cannot be used.', isTrouble: true });
    }
    if (lab === null || status.state !== 'online') {
      return setSaid({
        words: 'There is no connection to the server right now. Try again in a moment.',
        isTrouble: true,
      });
    }
    setPending(true);
    try {
      const kept = await lab.request('certificate:name', { name: parsed.data });
      setTyped(kept.name);
      setSaid({ words: kept.name === '' ? 'Saved: no name.' : 'Saved.', isTrouble: false });
      router.refresh();
    } catch (error) {
      if (!(error instanceof LabError)) throw error;
      setSaid({ words: error.message, isTrouble: true });
    } finally {
      setPending(false);
    }
  };
  const onSubmit = (event: FormEvent) => {
    event.preventDefault();
    if (!pending) void save();
  };
  return (
    <form
      onSubmit={onSubmit}
      noValidate
      className="mb-8 flex flex-wrap items-end gap-3 border-y border-line py-5 noscript:hidden print:hidden"
    >
      <div className="w-full max-w-96">
        <label htmlFor={field} className="block text-control font-medium">
          Your name on certificates
        </label>
        <input
          id={field}
          type="text"
          value={typed}
          maxLength={longestName * 2}
          autoComplete="name"
          spellCheck={false}
          aria-invalid={said?.isTrouble || undefined}
          aria-describedby={`${field}-said`}
          onFocus={onFocus}
          onChange={(event) => {
            setTyped(event.target.value);
            setSaid(null);
          }}
          className="mt-1.5 h-9 w-full rounded-md border border-line-strong bg-raised px-3 text-control"
        />
      </div>
      <Button type="submit" tone="soft" aria-disabled={pending || undefined}>
        Save the name
      </Button>
      <Button onClick={() => window.print()}>
        <Printer size={15} strokeWidth={1.75} aria-hidden="true" />
        Print
      </Button>
      <p
        id={`${field}-said`}
        aria-live="polite"
        className={`w-full text-ui ${said?.isTrouble ? 'text-warning' : 'text-ink-faint'}`}
      >
        {said?.words ?? 'It is kept in this lab, for you alone. It may stay empty.'}
      </p>
    </form>
  );
}
