/** What holds the screens together: the address, the focus, the colours, the voice, and what happens when a part breaks. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { expectAccessible, openPage } from './browser.ts'
import { KeptJobs } from './kept_jobs.ts'
import { opened } from './opened.ts'
import { quietRecording } from './recordings.ts'
import { Shaper } from './shaper.ts'

const { edition, browser } = await opened()
let kept: KeptJobs

beforeAll(async () => {
  kept = await KeptJobs.make(browser, edition.url)
})

const focusedId = (page: Page): Promise<string | undefined> => page.evaluate(() => document.activeElement?.id)
const transcript = (page: Page) => page.getByRole('article', { name: 'Transcript' }).locator('p').first()

test('another page has its title, its top and the focus; the list of jobs is no other page', async () => {
  const { page, context } = await kept.open()
  expect(await page.title()).toBe('Transcribe - aisubs')
  await page.getByRole('button', { name: /^Jobs/ }).click()
  await page.getByRole('heading', { name: 'My transcriptions' }).waitFor()
  expect((await focusedId(page)) === 'main').toBe(false)
  await page.getByRole('link', { name: 'Open: sample.mp4' }).click()
  await page.waitForFunction(() => document.title === 'sample.mp4 - aisubs')
  expect(await focusedId(page)).toBe('main')
  await expect.poll(() => page.getByRole('status').first().textContent()).toBe('sample.mp4 - aisubs')
  await page.goBack()
  await page.waitForFunction(() => document.title === 'Transcribe - aisubs')
  await context.close()
})

test('the keyboard can skip to the content, and the address stays as it is', async () => {
  const { page, context } = await kept.open({}, `/jobs/${kept.completed.id}`)
  await transcript(page).waitFor()
  await page.locator('body').press('Tab')
  const skip = page.getByRole('link', { name: 'Skip to content' })
  const { y = -1, height = 0 } = (await skip.boundingBox()) ?? {}
  expect(y).toBeGreaterThan(0)
  expect(height).toBeGreaterThanOrEqual(44)
  await skip.press('Enter')
  expect(await focusedId(page)).toBe('main')
  expect(page.url().includes('#')).toBe(false)
  await context.close()
})

test('a screen that is opened while the server is away comes when it is back', async () => {
  const shaper = await new Shaper(new URL(edition.url)).start()
  const { page, context } = await openPage(browser, shaper.url, { serviceWorkers: 'block' }) // it might have that part
  await page.getByRole('heading', { name: 'Turn recordings into subtitles' }).waitFor()
  await shaper.stop()
  await page.getByRole('link', { name: 'Library' }).click()
  await page.getByText('Loading').waitFor()
  await shaper.start()
  await page.getByRole('heading', { name: 'Library' }).waitFor()
  expect(await page.getByText('This part of the page stopped').count()).toBe(0)
  await context.close()
  await shaper.stop()
})

test('a part that breaks says so, and the rest goes on', async () => {
  // The service worker would have that part.
  const { page, context, complaints } = await kept.open({ serviceWorkers: 'block' })
  await context.route(/assets\/viewer/, (route) => route.abort())
  await page.getByRole('button', { name: /^Jobs/ }).click()
  await page.getByRole('link', { name: 'Open: sample.mp4' }).click()
  await page.getByText('This part of the page stopped. Your text is kept.').waitFor()
  await expectAccessible(page, 'stopped')
  await page.getByRole('link', { name: 'aisubs' }).click()
  await page.getByRole('heading', { name: 'Turn recordings into subtitles' }).waitFor()
  await context.unroute(/assets\/viewer/)
  await page.goto(`${edition.url}/jobs/${kept.completed.id}`)
  await transcript(page).waitFor()
  // The broken part itself was told to the console, which is no fault of the page.
  expect(complaints.filter((one) => !one.includes('dynamically imported module'))).toEqual([])
  complaints.length = 0
  await context.close()
})

test('a new build is offered to whoever comes back, but not while bytes are on their way', async () => {
  const shaper = await new Shaper(new URL(edition.url)).start()
  const { page, context } = await openPage(browser, shaper.url)
  shaper.limitBytes = 400_000
  await page.getByLabel('Choose files', { exact: true }).setInputFiles(quietRecording('long.wav', 60, 4))
  await page.getByRole('button', { name: 'Transcribe', exact: true }).click()
  await shaper.waitForStall()
  let asked = 0
  await context.route('**/index.html', async (route) => {
    asked += 1
    await route.fulfill({ body: '<script type="module" src="/assets/index-another.js"></script>' })
  })
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await expect.poll(() => asked).toBe(1)
  await page.locator('[data-phase="sending"]').waitFor()
  expect(await page.getByRole('button', { name: 'Reload' }).count()).toBe(0)
  shaper.release()
  await page.getByRole('button', { name: 'Reload' }).waitFor()
  await page.locator('p', { hasText: 'A new version is ready.' }).waitFor()
  await context.close()
  await shaper.stop()
})

test('the same build is not offered as a new one', async () => {
  const { page, context } = await openPage(browser, edition.url)
  const asked = page.waitForResponse('**/index.html')
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await (await asked).finished()
  expect(await page.getByText('A new version is ready.').count()).toBe(0)
  await context.close()
})

test('the colours are chosen before anything is painted', async () => {
  // The service worker has the page, and hands it out past the route below.
  const { page, context } = await openPage(browser, edition.url, { serviceWorkers: 'block' })
  await page.evaluate(() => localStorage.setItem('aisubs.theme', 'dark'))
  await context.route(/assets\/index.*\.js/, () => undefined) // the page itself never comes
  await page.goto(edition.url, { waitUntil: 'commit' })
  await page.waitForFunction(() => document.querySelector('html[data-theme="dark"]') !== null) // at first there is no html
  expect(await page.locator('#root').innerHTML()).toBe('')
  await context.close()
})

test('one polite and one urgent voice', async () => {
  const { page, context } = await kept.open()
  await page.getByRole('button', { name: /^Jobs/ }).click()
  await page.locator('article[data-job]').waitFor()
  const voices = await page.locator('[role=status], [role=alert], [aria-live=polite], [aria-live=assertive]').evaluateAll((all) =>
    all.map((one) => one.getAttribute('role') ?? one.getAttribute('aria-live')),
  )
  expect(voices.sort()).toEqual(['alert', 'status'])
  await context.close()
})

test('on paper there is the transcript and nothing to press', async () => {
  const { page, context } = await kept.open({}, `/jobs/${kept.completed.id}`)
  await transcript(page).waitFor()
  await page.emulateMedia({ media: 'print' })
  expect(await page.getByRole('banner').isVisible()).toBe(false)
  const toPress = await page.locator('main button:visible, main input:visible').evaluateAll((all) =>
    all.filter((one) => !one.closest('article')).map((one) => one.textContent),
  )
  expect(toPress).toEqual([])
  expect(await transcript(page).isVisible()).toBe(true)
  await context.close()
})
