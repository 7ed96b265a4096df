/** One key or a chord, `Ctrl+K`. */
export function Kbd({ keys }: { keys: string }) {
  return (
    <span className="inline-flex items-center gap-0.5">
      {keys.split('+').map((key) => (
        <kbd
          key={key}
          className="inline-flex h-5 min-w-5 items-center justify-center rounded-sm border border-line-strong bg-surface px-1 text-caption text-ink-soft"
        >
          {key}
        </kbd>
      ))}
    </span>
  );
}
