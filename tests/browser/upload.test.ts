/** From a dropped video to its subtitles, and everything that may happen to an upload on its way. */
import { readFileSync } from 'node:fs'
import type { Browser } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { openPage, startBrowser } from './browser.ts'
import { Edition, SAMPLE } from './edition.ts'

const edition = new Edition({ QUEUE_CAPACITY: '50' })
let browser: Browser

beforeAll(async () => {
  ;[browser] = await Promise.all([startBrowser(), edition.start()])
})
afterAll(async () => {
  await browser.close()
  await edition.stop()
})

test('a video becomes an SRT', async () => {
  const { page, context, complaints } = await openPage(browser, edition.url)
  await page.getByLabel('Choose files').setInputFiles(SAMPLE)
  await page.getByRole('button', { name: 'Transcribe', exact: true }).click()
  await page.locator('[data-phase="submitted"]').waitFor()
  const card = page.getByRole('dialog', { name: 'My transcriptions' }).locator('article')
  await card.and(page.locator('[data-status="completed"]')).waitFor({ timeout: 120_000 })
  await card.getByRole('button', { name: 'Download: sample.mp4' }).click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /^SRT/ }).click()])
  expect(download.suggestedFilename()).toBe('sample.srt')
  const srt = readFileSync(await download.path(), 'utf8')
  expect(srt).toMatch(/^1\r?\n00:00:\d\d,\d{3} --> 00:00:\d\d,\d{3}/)
  await card.getByRole('link', { name: 'Open: sample.mp4' }).click()
  const paragraphs = page.getByRole('article', { name: 'Transcript' }).locator('p')
  await paragraphs.first().waitFor()
  const spoken = (await paragraphs.allInnerTexts()).join(' ')
  const subtitled = srt.replace(/^\d+\r?\n.*-->.*$/gm, '')
  expect(words(subtitled)).toEqual(words(spoken))
  expect(words(spoken).length).toBeGreaterThan(10)
  expect(complaints).toEqual([])
  await context.close()
})

const words = (text: string): string[] => text.toLowerCase().match(/[a-z]+/g) ?? []
