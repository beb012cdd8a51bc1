import type { RefObject } from 'react'
import { useText } from '@/i18n/language.ts'

/** The first stop of the keyboard. It leaves the address alone: a fragment means something else on a shared page. */
export function SkipLink({ main }: { main: RefObject<HTMLElement | null> }) {
  const { app } = useText()
  return (
    <a
      href="#main"
      onClick={(event) => {
        event.preventDefault()
        main.current?.focus()
      }}
      className="fixed -top-20 left-2 z-20 rounded-control border border-control bg-surface p-3 text-sm font-semibold focus:top-2"
    >
      {app.skip}
    </a>
  )
}
