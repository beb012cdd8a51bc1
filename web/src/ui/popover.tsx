import { type ReactNode, useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { buttonClass } from './button.tsx'

interface Props {
  label: ReactNode
  /** Where the label is only an icon, or says the same on every row. */
  name?: string
  small?: boolean
  kind?: Parameters<typeof buttonClass>[0]
  /** What is in it is made when it is opened: on each of a thousand rows it would cost more than the rows. */
  late?: boolean
  children: (close: () => void) => ReactNode
}

/** A button that shows what belongs to it. The browser closes it on Escape and on a click elsewhere. */
export function Popover({ label, name, small = false, kind = 'plain', late = false, children }: Props) {
  const id = useId()
  const [made, setMade] = useState(!late)
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const place = (): void => {
    const at = button.current?.getBoundingClientRect()
    const shown = panel.current
    if (!at || !shown) return
    const { offsetWidth: width, offsetHeight: height } = shown
    const below = at.bottom + 4
    const top = below + height > innerHeight ? Math.max(8, at.top - height - 4) : below
    shown.style.left = `${Math.max(8, Math.min(at.left, innerWidth - width - 8))}px`
    shown.style.top = `${top}px`
  }
  const close = (): void => {
    panel.current?.hidePopover()
    button.current?.focus()
  }
  return (
    <>
      <button
        ref={button}
        type="button"
        popoverTarget={id}
        aria-label={name}
        className={buttonClass(kind, small)}
      >
        {label}
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        // Before it is shown, for its size decides where.
        onBeforeToggle={late ? ({ newState }) => flushSync(() => setMade(newState === 'open')) : undefined}
        onToggle={place}
        className="fixed inset-auto m-0 max-h-[80vh] w-72 max-w-[calc(100vw-1rem)] overflow-y-auto rounded-card border
          border-line bg-surface p-2 text-text shadow-xl"
      >
        {made && children(close)}
      </div>
    </>
  )
}

export const menuItemClass =
  'flex w-full items-baseline gap-2 rounded-control px-3 py-2 text-left text-sm hover:bg-sunken max-sm:min-h-11'
