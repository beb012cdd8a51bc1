/** The pictures of README.md, from a real run with the demo's recordings, into web/screenshots/readme/. They are reduced to 256
 *  colours and put into docs/pictures/ by hand, when somebody has looked at them. */
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { openPage, startBrowser } from './browser.ts'
import { Edition, REPOSITORY, SAMPLE } from './edition.ts'
import { brokenRecording, KeptJobs } from './kept_jobs.ts'
import { removeRecordings } from './recordings.ts'

const FOLDER = join(REPOSITORY, 'web', 'screenshots', 'readme')
const MEETING = join(REPOSITORY, 'tests', 'toy_model', 'samples', 'meeting.opus')
const WIDE = { viewport: { width: 1280, height: 720 }, reducedMotion: 'reduce' } as const
const PHONE = { viewport: { width: 390, height: 720 }, isMobile: true, hasTouch: true, reducedMotion: 'reduce' } as const

const edition = new Edition({ QUEUE_CAPACITY: '50' })
let browser: Browser
let kept: KeptJobs

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true })
  ;[browser] = await Promise.all([startBrowser(), edition.start()])
  kept = await KeptJobs.make(browser, edition.url, { whole: true })
})
afterAll(async () => {
  await browser.close()
  await edition.stop()
  removeRecordings()
})

const shoot = async (page: Page, name: string): Promise<void> => {
  await page.screenshot({ path: join(FOLDER, `${name}.png`), animations: 'disabled' })
}

test('uploads and the list', async () => {
  const { page, context } = await openPage(browser, edition.url, { ...WIDE, viewport: { width: 1280, height: 900 } })
  await page.getByLabel('Choose files', { exact: true }).setInputFiles([SAMPLE, MEETING, brokenRecording()])
  await page.getByRole('button', { name: 'Transcribe 3 files' }).click()
  await page.locator('article[data-status="completed"]').nth(1).waitFor({ timeout: 120_000 })
  await page.locator('article[data-status="failed"]').waitFor({ timeout: 120_000 })
  await page.evaluate(() => scrollTo(0, 0))
  await shoot(page, 'jobs')
  await context.close()
})

async function openViewer(options: Parameters<typeof openPage>[2]) {
  const { page, context } = await kept.open(options, `/jobs/${kept.completed.id}`)
  const text = page.getByRole('article', { name: 'Transcript' })
  await text.locator('p').first().waitFor()
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 3)
  // In the middle of a sentence, and of the moving picture.
  await page.evaluate(async () => {
    const video = document.querySelector('video')
    if (!video) return
    const there = new Promise((resolve) => video.addEventListener('seeked', resolve, { once: true }))
    video.currentTime = 9.2
    await there
  })
  await page.waitForFunction(() => CSS.highlights.has('spoken'))
  return { page, context }
}

test('the transcript, dark', async () => {
  const { page, context } = await openViewer({ ...WIDE, colorScheme: 'dark' })
  await shoot(page, 'viewer')
  await context.close()
})

test('on a phone', async () => {
  const { page, context } = await openViewer(PHONE)
  await shoot(page, 'phone')
  await context.close()
})

test('captions, and a link', async () => {
  const { page, context } = await openViewer(WIDE)
  await page.getByRole('button', { name: 'Captions', exact: true }).click()
  await page.locator('.cue').first().waitFor()
  await shoot(page, 'captions')
  await page.getByRole('button', { name: 'Text', exact: true }).click()
  await page.getByRole('button', { name: 'Share: sample.mp4' }).click()
  await page.getByRole('button', { name: 'Create link' }).click()
  await page.getByLabel('Link', { exact: true }).waitFor()
  await page.getByText('1 link works').waitFor()
  await shoot(page, 'share')
  await context.close()
})
