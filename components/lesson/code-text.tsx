import { classNames } from '../ui/class-names.ts';

interface CodeTextProps {
  html: string;
  label: string;
  /** Long lines are broken; else the block scrolls sideways and can be reached by keyboard. */
  wraps?: boolean;
  className?: string;
}

/** Code as the server highlighted it. */
export function CodeText({ html, label, wraps = false, className }: CodeTextProps) {
  // biome-ignore lint/security/noDangerouslySetInnerHtml: made and sanitised by the server (protocol/lesson-view.ts)
  const code = <div dangerouslySetInnerHTML={{ __html: html }} className={wraps ? undefined : 'w-max min-w-full'} />;
  if (wraps) return <div className={classNames('code-text code-wrap', className)}>{code}</div>;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a fieldset is for forms
    // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls has to be reachable by keyboard
    <div role="group" aria-label={label} tabIndex={0} className={classNames('code-text overflow-x-auto', className)}>
      {code}
    </div>
  );
}
