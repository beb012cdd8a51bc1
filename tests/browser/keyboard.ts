/** A person without a mouse: Tab until a control has the focus, and it can be seen that it has. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'

const MOST_STOPS = 80

/** What a screen reader would call the focused control, as far as these tests need it. */
export const focusedName = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement
    const label = element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement ? element.labels?.[0]?.textContent : null
    return (element?.getAttribute('aria-label') ?? label ?? element?.textContent ?? '').trim()
  })

/** Presses Tab until the control whose name begins so has the focus. */
export async function tabTo(page: Page, name: string, key = 'Tab'): Promise<void> {
  const passed: string[] = []
  for (let pressed = 0; pressed < MOST_STOPS; pressed += 1) {
    await page.keyboard.press(key)
    const focused = await focusedName(page)
    if (focused.startsWith(name)) return expectVisibleFocus(page, name)
    passed.push(focused.slice(0, 30))
  }
  throw new Error(`${key} never reached ${name}, but ${passed.join(' | ')}`)
}

/** A picture with the focus differs from one without its marks. */
export async function expectVisibleFocus(page: Page, what: string): Promise<void> {
  let box = await boxOfFocus(page)
  for (;;) {
    const withMarks = await page.screenshot({ clip: box, animations: 'disabled', caret: 'hide' })
    const restore = await page.evaluateHandle(() => {
      const sheet = new CSSStyleSheet()
      sheet.replaceSync('*, ::before, ::after { outline: none !important; box-shadow: none !important }')
      document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet]
      return sheet
    })
    const without = await page.screenshot({ clip: box, animations: 'disabled', caret: 'hide' })
    await restore.evaluate((sheet) => {
      document.adoptedStyleSheets = document.adoptedStyleSheets.filter((one) => one !== sheet)
    })
    const after = await boxOfFocus(page)
    if (JSON.stringify(after) === JSON.stringify(box)) {
      return expect(withMarks.equals(without), `the focus on ${what} cannot be seen`).toBe(false)
    }
    box = after // the page was still settling: what was photographed was another place
  }
}

const boxOfFocus = (page: Page): Promise<{ x: number; y: number; width: number; height: number }> =>
  page.evaluate(() => {
    const focused = document.activeElement
    focused?.scrollIntoView({ block: 'nearest', behavior: 'instant' })
    const { x = 0, y = 0, width = 0, height = 0 } = focused?.getBoundingClientRect() ?? {}
    const [left, top] = [Math.max(0, x - 6), Math.max(0, y - 6)]
    return { x: left, y: top, width: Math.min(innerWidth - left, width + 12), height: Math.min(innerHeight - top, height + 12) }
  })
