import type { ButtonHTMLAttributes, Ref } from 'react'
import { cx } from './cx.ts'

const KINDS = {
  primary: 'bg-accent text-on-accent font-semibold border-accent hover:border-text',
  plain: 'bg-surface text-text border-control hover:bg-sunken',
  quiet: 'border-transparent hover:bg-sunken',
  danger: 'bg-surface border-danger text-danger hover:bg-sunken',
}

interface Props extends ButtonHTMLAttributes<HTMLButtonElement> {
  ref?: Ref<HTMLButtonElement>
  kind?: keyof typeof KINDS
  small?: boolean
}

/** Disabled buttons are left in the tab order by `aria-disabled`, so that their reason can be heard. */
export function Button({ kind = 'plain', small = false, className, type = 'button', ...rest }: Props) {
  return <button type={type} className={cx(buttonClass(kind, small), className)} {...rest} />
}

export function buttonClass(kind: keyof typeof KINDS = 'plain', small = false): string {
  return cx(
    'inline-flex items-center justify-center gap-2 rounded-control border text-sm transition-colors duration-120',
    'max-sm:min-h-11 disabled:opacity-60',
    small ? 'min-h-8 px-2.5' : 'min-h-10 px-4',
    KINDS[kind],
  )
}
