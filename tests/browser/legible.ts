/** What a screen must be on any device: all of it inside, nothing cut, nothing moving, and in one language. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { libraryDe } from '@/i18n/de/library.ts'
import { de } from '@/i18n/de.ts'
import { libraryEn } from '@/i18n/en/library.ts'
import { en } from '@/i18n/en.ts'

export async function expectFits(page: Page, what: string): Promise<void> {
  const [inner, scroll] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth])
  expect.soft(scroll, `${what} scrolls sideways`).toBeLessThanOrEqual(inner ?? 0)
}

/** Text that its box hides. A name with an ellipsis is none if it is told whole by its title. */
export async function expectNothingCut(page: Page, what: string): Promise<void> {
  expect.soft(await cutOn(page), `${what}: cut off`).toEqual([])
}

export const cutOn = (page: Page): Promise<string[]> =>
  page.evaluate(() => {
    const found: string[] = []
    for (const element of document.querySelectorAll<HTMLElement>('body *')) {
      if (!(element instanceof HTMLElement)) continue // drawings
      const style = getComputedStyle(element)
      const shown = element.checkVisibility({ visibilityProperty: true, opacityProperty: true })
      const spoken = style.clipPath !== 'none' || style.position === 'absolute' // for ears, or an ornament
      if (!shown || spoken || !element.innerText.trim() || element.closest('[title]')) continue
      const hides = style.overflowX !== 'visible' && style.overflowX !== 'auto' && style.overflowX !== 'scroll'
      const clamped = style.webkitLineClamp !== 'none' || style.getPropertyValue('line-clamp') !== 'none'
      const { scrollWidth, clientWidth, scrollHeight, clientHeight } = element
      if (hides && (scrollWidth > clientWidth + 1 || (!clamped && scrollHeight > clientHeight + 1))) {
        found.push(`${element.tagName} "${element.innerText.slice(0, 60)}"`)
      }
    }
    return found
  })

export async function expectStill(page: Page, what: string): Promise<void> {
  const moving = await page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length)
  expect.soft(moving, `${what}: running animations`).toBe(0)
}

/** Targets of fingers. Links inside a sentence are as high as their line (WCAG 2.2, 2.5.8). */
export async function expectTargets(page: Page, what: string, least: number): Promise<void> {
  const small = await page.evaluate((atLeast) => {
    const all = document.querySelectorAll<HTMLElement>('button, select, summary, input:not([type=checkbox], [type=radio]), [role=slider]')
    return [...all]
      .filter((one) => one.checkVisibility({ visibilityProperty: true }) && one.tabIndex >= 0 && !one.closest('article p'))
      .filter((one) => getComputedStyle(one).clipPath === 'none' && getComputedStyle(one).display !== 'inline')
      .filter((one) => one.getBoundingClientRect().height < atLeast - 0.5)
      .map((one) => `${one.tagName} "${one.getAttribute('aria-label') ?? one.innerText}" ${one.getBoundingClientRect().height}`)
  }, least)
  expect.soft(small, `${what}: too small for a finger`).toEqual([])
}

/** No word of the English catalogue in what is read or heard. */
export async function expectGerman(page: Page, what: string): Promise<void> {
  expect.soft(await englishOn(page), `${what}: English`).toEqual([])
}

export async function englishOn(page: Page): Promise<string[]> {
  const said = await page.evaluate(() => {
    const parts: string[] = []
    // The transcript is in the language of the recording.
    const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT)
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      const { parentElement: parent, textContent: text } = node
      if (text?.trim() && parent && !parent.closest('script, article[lang], body [lang="en"], option')) parts.push(text.trim())
    }
    for (const element of document.querySelectorAll('[aria-label], [title], [placeholder], [aria-valuetext]')) {
      for (const name of ['aria-label', 'title', 'placeholder', 'aria-valuetext']) parts.push(element.getAttribute(name) ?? '')
    }
    return parts.filter(Boolean)
  })
  return said.filter((text) => WORDS.has(text) || PIECES.some((piece) => text.includes(piece)))
}

const HOLE = '\u2042'

/** What a catalogue says: whole sentences, and the pieces of those that have something put in. */
function* phrases(part: unknown): Generator<string> {
  if (typeof part === 'string') yield part
  else if (typeof part === 'function') {
    // For one, and for several: the words may differ.
    for (const given of [[HOLE, HOLE, HOLE], [1, HOLE, HOLE]]) {
      const said: unknown = (part as (...given: unknown[]) => unknown)(...given)
      if (typeof said === 'string') yield said
    }
  } else if (typeof part === 'object' && part !== null) for (const value of Object.values(part)) yield* phrases(value)
}

const german = [...phrases([de, libraryDe])]
const ours = (text: string): boolean => !german.some((one) => one.includes(text))
const english = [...phrases([en, libraryEn])]
const WORDS = new Set(english.filter((text) => text.length > 1 && !text.includes(HOLE) && ours(text)))
const PIECES = english
  .flatMap((text) => text.split(HOLE))
  .map((text) => text.trim())
  .filter((text) => text.length >= 10 && ours(text))
