/** What a pointer is told of the word under it: that it can be gone to, and how sure the machine was. */
import { type RefObject, useEffect } from 'react'
import { useText } from '@/i18n/language.ts'
import { DOUBTFUL_BELOW, extentOf, wordOfOffset } from '@/transcript/columns.ts'
import { boxOf, characterAt, mark, rangeIn } from './highlights.ts'
import type { Script } from './script.ts'

const GAP_PX = 4

export function useWordHints(root: RefObject<HTMLElement | null>, script: Script): void {
  const { viewer: text } = useText()
  useEffect(() => {
    const article = root.current
    if (!article || !matchMedia('(hover: hover)').matches) return
    const hint = document.createElement('div')
    hint.className = 'word-hint'
    hint.setAttribute('aria-hidden', 'true') // N says it to those who do not point
    hint.hidden = true
    document.body.append(hint)
    let frame = 0
    const leave = new AbortController()
    const clear = (): void => {
      cancelAnimationFrame(frame)
      mark('hovered', [])
      hint.hidden = true
    }
    const show = (x: number, y: number): void => {
      const at = characterAt(x, y)
      const paragraph = at && script.paragraphs[script.at.get(at.paragraphId) ?? -1]
      if (!paragraph) return clear()
      const word = wordOfOffset(paragraph, at.offset)
      const [from, to] = extentOf(paragraph, word)
      const range = rangeIn(paragraph.id, from, to)
      const box = boxOf(paragraph.id, range)
      // Behind the end of a line the caret is still at its last word.
      if (!range || !box || x < box.left - GAP_PX || x > box.right + GAP_PX) return clear()
      mark('hovered', [range])
      const percent = paragraph.conf[word] ?? null
      hint.hidden = percent === null || percent >= DOUBTFUL_BELOW
      if (hint.hidden || percent === null) return
      hint.textContent = text.sure(percent)
      hint.style.left = `${Math.max(GAP_PX, Math.min(box.left, innerWidth - hint.offsetWidth - GAP_PX))}px`
      hint.style.top = `${box.bottom + GAP_PX}px`
    }
    const onMove = (event: PointerEvent): void => {
      if (event.pointerType !== 'mouse') return
      cancelAnimationFrame(frame)
      frame = requestAnimationFrame(() => show(event.clientX, event.clientY))
    }
    article.addEventListener('pointermove', onMove, { signal: leave.signal, passive: true })
    article.addEventListener('pointerleave', clear, { signal: leave.signal })
    addEventListener('scroll', clear, { signal: leave.signal, passive: true })
    return () => {
      leave.abort()
      clear()
      hint.remove()
    }
  }, [root, script, text])
}
