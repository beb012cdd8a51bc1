import { type RefObject, useEffect, useRef } from 'react'
import { announce } from '@/ui/announcer.tsx'

/** A page that makes its own addresses must do what a browser does for a new document: its title, its top, the focus at its
 *  beginning. The list of jobs is a panel beside the upload page, so opening it is no change of page. */
export function usePageFocus(path: string, title: string, main: RefObject<HTMLElement | null>): void {
  const page = path === '/jobs' ? '/' : path
  const before = useRef(page)
  useEffect(() => {
    document.title = title
  }, [title])
  useEffect(() => {
    if (before.current === page) return
    before.current = page
    scrollTo(0, 0)
    main.current?.focus({ preventScroll: true })
    announce(document.title)
  }, [page, main])
}
