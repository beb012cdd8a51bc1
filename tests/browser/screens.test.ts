/** Every screen: no complaint of axe in light and dark, none of the policy; usable by keyboard, on a phone, in German. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { en } from '@/i18n/en.ts'
import { expectAccessible, openPage, startBrowser, type Watched } from './browser.ts'
import { Edition, SAMPLE } from './edition.ts'
import { quietRecording, removeRecordings, write } from './recordings.ts'

const edition = new Edition({ QUEUE_CAPACITY: '50' })
let browser: Browser
let jobs: string

beforeAll(async () => {
  ;[browser] = await Promise.all([startBrowser(), edition.start()])
  jobs = await makeJobs()
})
afterAll(async () => {
  await browser.close()
  await edition.stop()
  removeRecordings()
})

/** A browser's list of jobs after one that completed and one that failed. */
async function makeJobs(): Promise<string> {
  const { page, context } = await openPage(browser, edition.url)
  const broken = write('broken.mp4', Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 37) & 255)))
  await page.getByLabel('Choose files', { exact: true }).setInputFiles([SAMPLE, broken])
  await page.getByRole('button', { name: 'Transcribe 2 files' }).click()
  await page.locator('article[data-status="completed"]').waitFor({ timeout: 120_000 })
  await page.locator('article[data-status="failed"]').waitFor({ timeout: 120_000 })
  const stored = await page.evaluate(() => localStorage.getItem('aisubs.jobs.v1') ?? '')
  await context.close()
  return stored
}

async function openWithJobs(options: Parameters<typeof openPage>[2] = {}, path = '/'): Promise<Watched> {
  const watched = await openPage(browser, edition.url, options)
  await watched.page.evaluate((list) => localStorage.setItem('aisubs.jobs.v1', list), jobs)
  await watched.page.goto(new URL(path, edition.url).href)
  return watched
}

const completedId = (): string =>
  (JSON.parse(jobs) as { id: string; last: { status: string } }[]).find((job) => job.last.status === 'completed')?.id ?? ''

async function openJobs(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await page.getByRole('dialog', { name: 'My transcriptions' }).waitFor()
}

test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
  const { page, context, complaints } = await openWithJobs({ colorScheme })
  await expectAccessible(page, 'upload')
  await page.getByText('Change', { exact: true }).click()
  await page.getByLabel('Of videos, upload').selectOption('whole')
  await expectAccessible(page, 'settings')
  await page.getByLabel('Choose files', { exact: true }).setInputFiles([write('a.txt', 'text'), quietRecording('b.wav', 2)])
  await page.locator('[data-phase="ready"]').waitFor()
  await expectAccessible(page, 'rows')
  await openJobs(page)
  await page.locator('article[data-status="failed"]').waitFor()
  await expectAccessible(page, 'jobs')
  await page.getByRole('button', { name: 'Download: sample.mp4' }).click()
  await page.getByLabel('Subtitle profile').waitFor()
  await expectAccessible(page, 'downloads')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'More for sample.mp4' }).click()
  await page.getByRole('button', { name: 'Delete…' }).click()
  await page.getByRole('dialog', { name: 'Delete sample.mp4?' }).waitFor()
  await expectAccessible(page, 'delete')
  await page.getByRole('button', { name: 'Keep' }).click()
  await page.goto(`${edition.url}/jobs/${completedId()}`)
  await page.getByRole('article', { name: 'Transcript' }).locator('p').first().waitFor()
  await expectAccessible(page, 'viewer')
  await page.goto(`${edition.url}/nothing`)
  await page.getByText('There is nothing at this address.').waitFor()
  await expectAccessible(page, 'not found')
  expect(complaints).toEqual([])
  await context.close()
})

test('the list is there when the server is not', async () => {
  const { page, context } = await openWithJobs()
  await openJobs(page)
  await page.locator('article[data-status="completed"]').waitFor()
  await context.setOffline(true)
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await page.getByText('Offline - data may be stale').first().waitFor()
  expect(await page.locator('article[data-job]').count()).toBe(2)
  await context.setOffline(false)
  await page.locator('p', { hasText: 'Offline - data may be stale' }).waitFor({ state: 'detached' })
  await context.close()
})

test('ids that the server does not know are forgotten, and only those', async () => {
  const { page, context } = await openPage(browser, edition.url)
  const stranger = { id: '00000000-0000-4000-8000-000000000000', token: 'x'.repeat(43), addedAt: 1, last: null }
  const list = JSON.stringify([...(JSON.parse(jobs) as unknown[]), stranger])
  await page.evaluate((text) => localStorage.setItem('aisubs.jobs.v1', text), list)
  await page.reload()
  await page.waitForFunction(() => (JSON.parse(localStorage.getItem('aisubs.jobs.v1') ?? '[]') as unknown[]).length === 2)
  await openJobs(page)
  expect(await page.locator('article[data-job]').count()).toBe(2)
  await context.close()
})

test('the same recording again is answered at once, and deleting it deletes it', async () => {
  const { page, context } = await openWithJobs()
  await page.getByLabel('Choose files', { exact: true }).setInputFiles(SAMPLE)
  await page.getByRole('button', { name: 'Transcribe', exact: true }).click()
  await page.getByText(/Result from/).waitFor({ timeout: 60_000 })
  expect(await page.locator('article[data-status="completed"]').count()).toBe(2)
  const fresh = page.locator('article', { has: page.getByText(/Result from/) })
  await fresh.getByRole('button', { name: 'More for sample.mp4' }).click()
  await fresh.getByRole('button', { name: 'Delete…' }).click()
  await page.getByRole('button', { name: 'Delete', exact: true }).click()
  await page.getByText(/Result from/).waitFor({ state: 'detached' })
  expect(await page.locator('article[data-status="completed"]').count()).toBe(1)
  await context.close()
})

test('what was taken from the list comes back by undo', async () => {
  const { page, context } = await openWithJobs()
  await openJobs(page)
  await page.getByRole('button', { name: 'More for broken.mp4' }).click()
  await page.getByRole('button', { name: 'Remove from this list' }).click()
  await page.locator('article[data-status="failed"]').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.locator('article[data-status="failed"]').waitFor()
  await context.close()
})

test('all by keyboard: settings, files, start, list, transcript', async () => {
  const { page, context, complaints } = await openPage(browser, edition.url)
  const picker = page.waitForEvent('filechooser') // early: the browser has to be told to hand choosers over
  await tabTo(page, 'Drop recordings here')
  await page.keyboard.press('Enter')
  await (await picker).setFiles(quietRecording('keys.wav', 3, 9))
  await page.locator('[data-phase="ready"]').waitFor()
  await tabTo(page, 'Transcribe')
  await page.keyboard.press('Enter')
  await page.locator('[data-phase="submitted"]').waitFor()
  await page.locator('article[data-status="completed"]').waitFor({ timeout: 60_000 })
  await tabTo(page, 'More for keys.wav')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Delete keys.wav?' })
  await dialog.waitFor()
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await tabTo(page, 'Close')
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'My transcriptions' }).waitFor({ state: 'detached' })
  expect(await focusedName(page)).toContain('Jobs')
  expect(complaints).toEqual([])
  await context.close()
})

test('a word is found, marked and played from', async () => {
  const { page, context, complaints } = await openWithJobs({}, `/jobs/${completedId()}`)
  const article = page.getByRole('article', { name: 'Transcript' })
  await article.locator('p').first().waitFor()
  await page.keyboard.press('/')
  const word = (await article.locator('p').first().innerText()).split(' ')[1]?.replace(/\W/g, '') ?? ''
  await page.keyboard.type(word)
  await page.getByText(/^1 of \d+$/).waitFor()
  expect(await page.evaluate(() => CSS.highlights.get('found')?.size ?? 0)).toBeGreaterThan(0)

  // Debian's Chromium plays the sample's H.264 and AAC; its length must be the job's.
  await page.getByLabel('Choose your copy').and(page.locator('input')).setInputFiles(SAMPLE)
  await page.locator('video').waitFor()
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 1)
  const last = article.locator('button').last()
  await last.click()
  const label = (await last.getAttribute('aria-label')) ?? ''
  const [minutes = '0', seconds = '0'] = /(\d+):(\d+)/.exec(label)?.slice(1) ?? []
  const at = Number(minutes) * 60 + Number(seconds)
  await page.waitForFunction((from) => Math.floor(document.querySelector('video')?.currentTime ?? -1) === from, at)
  await page.waitForFunction(() => {
    const [range] = [...(CSS.highlights.get('spoken') ?? [])]
    const row = range?.startContainer.parentElement?.closest('[data-row]')
    return row !== null && row !== undefined && row === [...document.querySelectorAll('[data-row]')].at(-1)
  })
  await page.getByLabel('Choose your copy').and(page.locator('input')).setInputFiles(quietRecording('other.wav', 4))
  await page.getByText('That recording has another length').waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

test.each([360, 320])('nothing scrolls sideways at %i px, and targets are large', async (width) => {
  const { page, context } = await openWithJobs({ viewport: { width, height: 740 }, hasTouch: true, isMobile: true })
  await expectFits(page)
  await page.getByText('Change', { exact: true }).click()
  await expectFits(page)
  const heights = await page.locator('main button:visible').evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height))
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(44)
  await openJobs(page)
  await expectFits(page)
  await page.keyboard.press('Escape')
  await page.goto(`${edition.url}/jobs/${completedId()}`)
  await page.getByRole('article', { name: 'Transcript' }).waitFor()
  await expectFits(page)
  await context.close()
})

test('German is German throughout', async () => {
  const { page, context } = await openWithJobs({ locale: 'de-DE' })
  await page.getByRole('heading', { name: 'Aus Aufnahmen werden Untertitel' }).waitFor()
  expect(await page.locator('html').getAttribute('lang')).toBe('de')
  await page.getByRole('button', { name: 'Aufträge', exact: true }).click()
  await page.locator('article[data-status="failed"]').waitFor()
  const shown = await page.locator('body').innerText()
  const sentences = [...strings(en)].filter((text) => text.length > 12 && shown.includes(text))
  expect(sentences).toEqual([])
  await context.close()
})

test('nothing moves where a person wants no motion', async () => {
  const { page, context } = await openWithJobs({ reducedMotion: 'reduce' })
  await openJobs(page)
  const moving = await page.evaluate(() => document.getAnimations().filter((one) => one.playState === 'running').length)
  expect(moving).toBe(0)
  await context.close()
})

test('broken storage stops nothing', async () => {
  const { page, context } = await openPage(browser, edition.url)
  await page.evaluate(() => localStorage.setItem('aisubs.jobs.v1', '{broken'))
  await page.reload()
  await page.getByRole('heading', { name: 'Turn recordings into subtitles' }).waitFor()
  expect(await page.evaluate(() => localStorage.getItem('aisubs.jobs.v1.bad'))).toBe('{broken')
  await context.close()
})

test('without storage an upload still works, and the page says what that means', async () => {
  const { page, context } = await openWithoutStorage()
  await page.getByLabel('Choose files', { exact: true }).setInputFiles(quietRecording('private.wav', 2, 11))
  await page.getByRole('button', { name: 'Transcribe', exact: true }).click()
  await page.locator('[data-phase="submitted"]').waitFor()
  await page.getByText('This browser keeps nothing').waitFor()
  await context.close()
})

async function openWithoutStorage(): Promise<{ page: Page; context: BrowserContext }> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 900 } })
  await context.addInitScript(() => {
    const denied = (): never => {
      throw new DOMException('denied', 'SecurityError')
    }
    Object.defineProperty(window, 'localStorage', { get: denied })
    Object.defineProperty(window, 'indexedDB', { get: denied })
  })
  const page = await context.newPage()
  await page.goto(edition.url)
  return { page, context }
}

const focusedName = (page: Page): Promise<string> =>
  page.evaluate(() => {
    const element = document.activeElement
    return element?.getAttribute('aria-label') ?? element?.textContent ?? ''
  })

/** Presses Tab until the control of this name has the focus, visibly. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let pressed = 0; pressed < 60; pressed += 1) {
    await page.keyboard.press('Tab')
    if (!(await focusedName(page)).startsWith(name)) continue
    const outline = await page.evaluate(() => getComputedStyle(document.activeElement ?? document.body).outlineStyle)
    expect(outline === 'none', `${name} shows no focus`).toBe(false)
    return
  }
  throw new Error(`Tab never reached ${name}`)
}

async function expectFits(page: Page): Promise<void> {
  const [inner, scroll] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth])
  expect(scroll).toBeLessThanOrEqual(inner ?? 0)
}

function* strings(part: unknown): Generator<string> {
  if (typeof part === 'string') yield part
  else if (typeof part === 'object' && part !== null) for (const value of Object.values(part)) yield* strings(value)
}
