import { classNames } from './class-names.ts';

interface MeterProps {
  /** 0 to 1; more is drawn as full. null: not known, and drawn empty. */
  share: number | null;
  tone: 'well' | 'warns' | 'stale';
  className?: string;
}

const fills = { well: 'bg-accent', warns: 'bg-warning', stale: 'bg-exited' };

/** The bar of a meter, for the eye alone: whoever shows it says the value in words. */
export function MeterBar({ share, tone, className }: MeterProps) {
  const width = share === null ? 0 : Math.min(1, Math.max(share, 0));
  return (
    <span aria-hidden="true" className={classNames('block h-1.5 overflow-hidden rounded-full bg-line', className)}>
      <span
        className={classNames('block h-full rounded-full transition-[width] duration-(--motion)', fills[tone])}
        // A little that is used is not nothing.
        style={{ width: width === 0 ? 0 : `max(2px, ${(width * 100).toFixed(1)}%)` }}
      />
    </span>
  );
}
