/** Pictures of every screen, from a real run, into web/screenshots/. `make screenshots`; to be looked at, not compared. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { openPage, startBrowser } from './browser.ts'
import { Edition, REPOSITORY, SAMPLE } from './edition.ts'
import { quietRecording, removeRecordings, write } from './recordings.ts'
import { Shaper } from './shaper.ts'

const FOLDER = join(REPOSITORY, 'web', 'screenshots')
const SIZES = { desktop: { width: 1280, height: 900 }, phone: { width: 390, height: 844 } }

const edition = new Edition({ QUEUE_CAPACITY: '50' })
let browser: Browser

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true })
  ;[browser] = await Promise.all([startBrowser(), edition.start()])
})
afterAll(async () => {
  await browser.close()
  await edition.stop()
  removeRecordings()
})

for (const [size, viewport] of Object.entries(SIZES)) {
  for (const colorScheme of ['light', 'dark'] as const) {
    test(`${size}, ${colorScheme}`, async () => {
      const shaper = await new Shaper(new URL(edition.url)).start()
      const { page, context } = await openPage(browser, shaper.url, { viewport, colorScheme })
      const shoot = async (name: string): Promise<void> => {
        await page.screenshot({ path: join(FOLDER, `${size}-${colorScheme}-${name}.png`) })
      }
      await shoot('upload')
      await page.getByText('Change', { exact: true }).click()
      await page.getByLabel('Speakers').selectOption('range')
      await shoot('settings')
      await page.getByText('Change', { exact: true }).click()
      const broken = write('broken.mp4', Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 37) & 255)))
      await choose(page, SAMPLE, broken, write('notes.txt', 'text'))
      await page.locator('[data-phase="ready"]').nth(1).waitFor()
      await shoot('files')
      await page.getByRole('button', { name: 'Transcribe 2 files' }).click()
      await page.locator('[data-phase="submitted"]').nth(1).waitFor()
      if (size === 'phone') await page.getByRole('button', { name: /^Jobs/ }).click()
      await page.locator('article[data-status="completed"]').waitFor({ timeout: 120_000 })
      await page.locator('article[data-status="failed"]').waitFor({ timeout: 120_000 })
      await shoot('jobs')
      await page.getByRole('button', { name: 'Download: sample.mp4' }).click()
      await page.getByLabel('Subtitle profile').waitFor()
      await shoot('download')
      await page.keyboard.press('Escape')
      await page.keyboard.press('Escape')
      shaper.limitBytes = 3_000_000
      await choose(page, quietRecording('lecture.wav', 200, viewport.width + colorScheme.length))
      await page.getByRole('button', { name: 'Transcribe', exact: true }).click()
      await shaper.waitForStall()
      await shoot('uploading')
      page.on('dialog', (dialog) => void dialog.accept())
      await page.reload()
      shaper.cut()
      await page.locator('[data-phase="needs-file"]').waitFor()
      await shoot('needs-file')
      await page.getByRole('button', { name: /^Jobs/ }).click()
      await page.getByRole('link', { name: 'Open: sample.mp4' }).click()
      await page.getByRole('article', { name: 'Transcript' }).locator('p').first().waitFor()
      if (size === 'phone') await page.keyboard.press('Escape')
      await page.getByLabel('Choose your copy').and(page.locator('input')).setInputFiles(SAMPLE)
      await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2)
      await page.getByRole('article', { name: 'Transcript' }).locator('button').first().click()
      await page.getByRole('searchbox', { name: 'Search in the text' }).fill('the')
      await page.waitForFunction(() => CSS.highlights.has('spoken'))
      await shoot('viewer')
      await context.setOffline(true)
      await page.evaluate(() => dispatchEvent(new Event('focus')))
      await page.locator('p', { hasText: 'Offline - data may be stale' }).waitFor()
      await shoot('offline')
      await context.close()
      await shaper.stop()
    })
  }
}

async function choose(page: Page, ...files: string[]): Promise<void> {
  await page.getByLabel('Choose files', { exact: true }).setInputFiles(files)
}
