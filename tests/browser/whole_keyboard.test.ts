/** The whole way by keyboard alone, with the focus in sight at each step and back where it came from. */
import { readFileSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openPage } from './browser.ts'
import { SAMPLE } from './edition.ts'
import { expectVisibleFocus, focusedName, tabTo } from './keyboard.ts'
import { opened } from './opened.ts'

const { edition, browser } = await opened()

test('upload, open, play, edit, download, share, close', async () => {
  const { page, context } = await openPage(browser, edition.url)
  const press = (key: string): Promise<void> => page.keyboard.press(key)

  const picker = page.waitForEvent('filechooser') // early: the browser has to be told to hand choosers over
  await tabTo(page, 'Drop recordings here')
  await press('Enter')
  await (await picker).setFiles(SAMPLE)
  await page.locator('[data-phase="ready"]').waitFor()
  await tabTo(page, 'Transcribe')
  await press('Enter')
  await page.locator('[data-phase="submitted"]').waitFor()
  await page.locator('article[data-status="completed"]').waitFor({ timeout: 120_000 })

  await tabTo(page, 'Open: sample.mp4')
  await press('Enter')
  const text = page.getByRole('article', { name: 'Transcript' })
  await text.locator('p').first().waitFor()
  expect(await page.evaluate(() => document.activeElement?.id)).toBe('main')

  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2)
  await tabTo(page, 'Play')
  await press('Space')
  await page.waitForFunction(() => !document.querySelector('video')?.paused)
  await press('Space')
  await page.waitForFunction(() => document.querySelector('video')?.paused)

  // The text is one stop; its rows are reached by arrows.
  await tabTo(page, 'Play from')
  await press('ArrowDown')
  await press('ArrowUp')
  await press('e')
  const field = page.locator('[contenteditable="plaintext-only"]')
  await field.waitFor()
  await expectVisibleFocus(page, 'the text')
  await press('Home')
  await page.keyboard.type('Indeed ')
  await press('Escape')
  await field.waitFor({ state: 'detached' })
  await page.getByText(/^Saved/).waitFor()
  expect(await text.locator('p').first().innerText()).toContain('Indeed ')

  await tabTo(page, 'Download: sample.mp4', 'Shift+Tab')
  await press('Enter')
  await tabTo(page, 'Subtitles, SRT')
  const download = page.waitForEvent('download')
  await press('Enter')
  expect(readFileSync(await (await download).path(), 'utf8')).toContain('Indeed ')
  await expect.poll(() => focusedName(page)).toBe('Download: sample.mp4')

  await tabTo(page, 'Share: sample.mp4')
  await press('Enter')
  await page.getByRole('dialog', { name: 'Share sample.mp4' }).waitFor()
  await tabTo(page, 'Create link')
  await press('Enter')
  await expect.poll(() => focusedName(page)).toBe('Copy')
  await expectVisibleFocus(page, 'Copy')
  await press('Escape')
  await expect.poll(() => focusedName(page)).toBe('Share: sample.mp4')
  await expectVisibleFocus(page, 'Share')

  await tabTo(page, 'Close')
  await press('Enter')
  await page.getByRole('dialog', { name: 'My transcriptions' }).waitFor({ state: 'detached' })
  expect(await focusedName(page)).toContain('Jobs')
  await expectVisibleFocus(page, 'Jobs')
  await context.close()
})
