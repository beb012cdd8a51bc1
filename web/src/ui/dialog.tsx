import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { cx } from './cx.ts'

interface Props {
  title: string
  onClose: () => void
  /** For what is more than a question. */
  wide?: boolean
  children: ReactNode
}

/** A modal question. The browser keeps the focus inside, closes on Escape and gives the focus back. */
export function Dialog({ title, onClose, wide = false, children }: Props) {
  const dialog = useRef<HTMLDialogElement>(null)
  const id = useId()
  // A layout effect ends before the element leaves the document, and only then does the browser give the focus back.
  useLayoutEffect(() => {
    const element = dialog.current
    element?.showModal()
    return () => element?.close()
  }, [])
  return (
    <dialog
      ref={dialog}
      aria-labelledby={id}
      // A close that was undone meanwhile (React mounts twice in development) is none.
      onClose={() => !dialog.current?.open && onClose()}
      className={cx(
        'm-auto max-h-[calc(100dvh-2rem)] overflow-y-auto rounded-dialog border border-line bg-surface p-6 shadow-xl',
        'backdrop:bg-black/50 max-sm:p-4',
        wide ? 'w-[min(36rem,calc(100vw-2rem))]' : 'w-[min(28rem,calc(100vw-2rem))]',
      )}
    >
      <h2 id={id} className="text-xl font-semibold">
        {title}
      </h2>
      {children}
    </dialog>
  )
}
