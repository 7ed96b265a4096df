import { classNames } from '../ui/class-names.ts';

interface OutputBlockProps {
  /** Empty: nobody has played the lesson since it was written; only its author sees that. */
  code: string;
  /** It stands right under its command, as the other half of it. */
  joined: boolean;
}

/** What a command printed when the lesson was last played: to compare with, not to run. */
export function OutputBlock({ code, joined }: OutputBlockProps) {
  const place = joined ? 'mx-2 rounded-b-md border-t-0' : 'rounded-md';
  if (code === '')
    return (
      <p className={classNames('border border-line border-dashed px-4 py-2 text-ui text-ink-faint', place)}>
        This output waits for <code className="inline-code">npm run lessons -- refresh</code>. Learners do not see it
        yet.
      </p>
    );
  return (
    <figure className={classNames('border border-line bg-sunken', place)}>
      <figcaption className="px-4 pt-2 text-control text-ink-faint select-none">Output, for example</figcaption>
      {/* biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms */}
      <div
        role="group"
        aria-label="Output of this command, for example"
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
        tabIndex={0}
        className="code-text code-output overflow-x-auto pt-1 pb-3"
      >
        <pre className="w-max min-w-full px-4">{code}</pre>
      </div>
    </figure>
  );
}
