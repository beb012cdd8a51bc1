/** The list of jobs and the transcript under rough conditions: no server, no storage, strangers' ids, changes of mind. */
import type { BrowserContext, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { openPage } from './browser.ts'
import { SAMPLE } from './edition.ts'
import { KeptJobs } from './kept_jobs.ts'
import { opened } from './opened.ts'
import { quietRecording } from './recordings.ts'

const { edition, browser } = await opened({ QUEUE_CAPACITY: '50' })
let kept: KeptJobs

beforeAll(async () => {
  kept = await KeptJobs.make(browser, edition.url, { broken: true })
})

async function openJobs(page: Page): Promise<void> {
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await page.getByRole('dialog', { name: 'My transcriptions' }).waitFor()
}

test('the list is there when the server is not', async () => {
  const { page, context } = await kept.open()
  await openJobs(page)
  await page.locator('article[data-status="completed"]').waitFor()
  await context.setOffline(true)
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await page.getByText(/ - data may be stale/).first().waitFor()
  expect(await page.locator('article[data-job]').count()).toBe(2)
  await context.setOffline(false)
  await page.locator('p', { hasText: ' - data may be stale' }).waitFor({ state: 'detached' })
  await context.close()
})

test('ids that the server does not know are forgotten, and only those', async () => {
  const { page, context } = await openPage(browser, edition.url)
  const stranger = { id: '00000000-0000-4000-8000-000000000000', token: 'x'.repeat(43), addedAt: 1, last: null }
  const list = JSON.stringify([...(JSON.parse(kept.list) as unknown[]), stranger])
  await page.evaluate((text) => localStorage.setItem('aisubs.jobs.v1', text), list)
  await page.reload()
  await page.waitForFunction(() => (JSON.parse(localStorage.getItem('aisubs.jobs.v1') ?? '[]') as unknown[]).length === 2)
  await openJobs(page)
  expect(await page.locator('article[data-job]').count()).toBe(2)
  await context.close()
})

test('the same recording again is answered at once, and deleting it deletes it', async () => {
  const { page, context } = await kept.open()
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
  const { page, context } = await kept.open()
  await openJobs(page)
  await page.getByRole('button', { name: 'More for broken.mp4' }).click()
  await page.getByRole('button', { name: 'Remove from this list' }).click()
  await page.locator('article[data-status="failed"]').waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Undo' }).click()
  await page.locator('article[data-status="failed"]').waitFor()
  await context.close()
})

test('a word is found, marked and played from', async () => {
  const { page, context, complaints } = await kept.open({}, `/jobs/${kept.completed.id}`)
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
  await page.getByText('This browser keeps nothing: these jobs will be forgotten').waitFor()
  await page.getByText('this browser keeps no list of your jobs: copy the link before you close it.').waitFor()
  expect(await page.locator('[data-closing="may"]').count()).toBe(0)
  await context.grantPermissions(['clipboard-read', 'clipboard-write'])
  await page.getByRole('button', { name: 'Copy link: private.wav' }).click()
  await expect.poll(() => page.evaluate(() => navigator.clipboard.readText())).toMatch(/#job=/)
  const link = await page.evaluate(() => navigator.clipboard.readText())
  const elsewhere = await openPage(browser, link)
  await elsewhere.page.getByRole('button', { name: /^Jobs/ }).click()
  await elsewhere.page.locator('article[data-job]', { hasText: 'private.wav' }).waitFor()
  expect(elsewhere.page.url().includes('job=')).toBe(false)
  await elsewhere.context.close()
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
