import type { ButtonHTMLAttributes, Ref } from 'react';
import { classNames } from './class-names.ts';

export type ButtonTone = 'primary' | 'soft' | 'plain' | 'quiet' | 'danger';

const shared =
  'inline-flex items-center justify-center gap-1.5 whitespace-nowrap rounded-md border font-medium select-none ' +
  'transition-colors disabled:opacity-55';

const tones: Record<ButtonTone, string> = {
  primary:
    'border-accent bg-accent text-on-accent hover:not-disabled:border-accent-strong hover:not-disabled:bg-accent-strong',
  soft: 'border-accent-line bg-accent-soft text-accent-strong hover:not-disabled:border-accent',
  plain: 'border-line-strong bg-raised text-ink hover:not-disabled:border-ink-faint hover:not-disabled:bg-sunken',
  quiet: 'border-transparent bg-transparent text-ink-soft hover:not-disabled:bg-sunken hover:not-disabled:text-ink',
  danger: 'border-failed bg-transparent text-failed hover:not-disabled:bg-failed-soft',
};

/** The look of a button, for links too. */
export function buttonClass(tone: ButtonTone = 'plain', size: 'small' | 'normal' = 'normal'): string {
  return classNames(shared, tones[tone], size === 'small' ? 'h-7 px-2.5 text-ui' : 'h-9 px-3.5 text-control');
}

/**
 * The same for words that may be as long as a title or a path: they go on in a second line rather than off the screen of
 * a phone.
 */
export function longButtonClass(tone: ButtonTone = 'plain', size: 'small' | 'normal' = 'normal'): string {
  return classNames(buttonClass(tone, size), longClass, size === 'small' ? 'min-h-7 py-0.5' : 'min-h-9 py-1.5');
}

// With `!`, as the look of a button says the opposite of each.
const longClass = 'h-auto! max-w-full whitespace-normal! text-left [overflow-wrap:anywhere] [&>svg]:shrink-0';

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement> {
  tone?: ButtonTone;
  size?: 'small' | 'normal';
  ref?: Ref<HTMLButtonElement>;
}

export function Button({ tone = 'plain', size = 'normal', className, type = 'button', ...rest }: ButtonProps) {
  return <button type={type} className={classNames(buttonClass(tone, size), className)} {...rest} />;
}
