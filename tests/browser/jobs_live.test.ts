/** Live updates: one line for all tabs, and the truth in the end whatever happens to that line. */
import type { Page, WebSocket as Line } from 'playwright-core'
import { expect, test } from 'vitest'
import { openPage } from './browser.ts'
import { SAMPLE } from './edition.ts'
import { opened } from './opened.ts'
import { quietRecording } from './recordings.ts'

const { edition, browser } = await opened({ QUEUE_CAPACITY: '50' })

const live = (page: Page, state = 'live'): Promise<void> => page.locator(`header[data-live="${state}"]`).waitFor()
const card = (page: Page, status: string) => page.locator(`article[data-status="${status}"]`)

async function transcribe(page: Page, ...files: string[]): Promise<void> {
  await page.getByLabel('Choose files', { exact: true }).setInputFiles(files)
  await page.getByRole('button', { name: /^Transcribe/ }).click()
}

/** The open live lines of a page. */
function linesOf(page: Page): Set<Line> {
  const open = new Set<Line>()
  page.on('websocket', (line) => {
    if (!line.url().endsWith('/api/live')) return
    open.add(line)
    line.on('close', () => open.delete(line))
  })
  return open
}

interface Seen {
  id: string
  version: number
  status: string
  progress: number
}

/** Each state that this page ever kept, in order. */
async function watchStates(page: Page): Promise<Seen[]> {
  const seen: Seen[] = []
  await page.exposeFunction('reportStates', (text: string) => {
    const kept = JSON.parse(text) as { id: string; last: { version: number; status: string; progress: number } | null }[]
    for (const { id, last } of kept) if (last) seen.push({ id, version: last.version, status: last.status, progress: last.progress })
  })
  await page.addInitScript(() => {
    const real = Storage.prototype.setItem
    Storage.prototype.setItem = function (key, value) {
      real.call(this, key, value)
      if (key === 'aisubs.jobs.v1') (globalThis as unknown as { reportStates: (text: string) => void }).reportStates(value)
    }
  })
  return seen
}

interface Ref {
  id: string
  token: string
}

const refs = (page: Page): Promise<Ref[]> =>
  page.evaluate(() => JSON.parse(localStorage.getItem('aisubs.jobs.v1') ?? '[]') as Ref[])

async function truth({ id, token }: Ref): Promise<{ version: number; status: string }> {
  const reply = await fetch(`${edition.url}/api/jobs/${id}`, { headers: { Authorization: `Bearer ${token}` } })
  return (await reply.json()) as { version: number; status: string }
}

test('hints bring the news, not questions every few seconds', async () => {
  const { page, context } = await openPage(browser, edition.url)
  const lines = linesOf(page)
  let questions = 0
  let hints = 0
  page.on('request', (request) => (questions += /\/api\/jobs\/[\w-]{36}$/.test(request.url()) ? 1 : 0))
  page.on('websocket', (line) => line.on('framereceived', ({ payload }) => (hints += String(payload).includes('"job"') ? 1 : 0)))
  await transcribe(page, SAMPLE)
  await live(page)
  await card(page, 'completed').waitFor({ timeout: 120_000 })
  expect(lines.size).toBe(1)
  expect(hints).toBeGreaterThan(2)
  // Beside the hints: the job is announced, its upload begins and ends, the line is up.
  expect(questions).toBeLessThanOrEqual(hints + 6)
  await context.close()
})

test('of two tabs one holds the line, and when it crashes the other does', async () => {
  const { page: first, context } = await openPage(browser, edition.url)
  const firstLines = linesOf(first)
  await transcribe(first, quietRecording('one.wav', 2, 21))
  await card(first, 'completed').waitFor({ timeout: 60_000 })
  await live(first)
  const second = await context.newPage()
  const secondLines = linesOf(second)
  await second.goto(edition.url)
  await live(second)
  expect([firstLines.size, secondLines.size]).toEqual([1, 0])

  await transcribe(second, quietRecording('two.wav', 2, 22))
  await card(first, 'completed').filter({ hasText: 'two.wav' }).waitFor({ timeout: 60_000 })

  const devtools = await context.newCDPSession(first)
  const crashed = first.waitForEvent('crash')
  devtools.send('Page.crash').catch(() => undefined) // it cannot answer any more
  await crashed
  await expect.poll(() => secondLines.size, { timeout: 30_000 }).toBe(1)
  await live(second)
  await transcribe(second, quietRecording('three.wav', 2, 23))
  await card(second, 'completed').filter({ hasText: 'three.wav' }).waitFor({ timeout: 60_000 })
  await context.close()
})

test.each([
  ['dropped', (): number[] => []],
  ['doubled', (): number[] => [0, 0]],
  ['late, in the wrong order', (): number[] => [Math.random()]],
] as const)('hints that are %s change nothing about the end', async (_, fates) => {
  const { page, context } = await openPage(browser, edition.url)
  const held: (() => void)[] = []
  await page.routeWebSocket(/\/api\/live$/, (line) => {
    const server = line.connectToServer()
    server.onMessage((message) => {
      if (!String(message).includes('"job"')) return line.send(message)
      for (const fate of fates()) {
        if (fate === 0) line.send(message)
        else held.push(() => line.send(message))
      }
      if (held.length >= 3) for (const send of held.splice(0).reverse()) send()
    })
  })
  const seen = await watchStates(page)
  await page.goto(edition.url)
  await transcribe(page, SAMPLE)
  await expect.poll(() => refs(page).then((all) => all.length)).toBe(1)
  const [ref = { id: '', token: '' }] = await refs(page)
  await expect.poll(() => truth(ref).then((job) => job.status), { timeout: 120_000 }).toBe('completed')
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await card(page, 'completed').waitFor()
  expect(seen.at(-1)).toMatchObject({ version: (await truth(ref)).version, status: 'completed' })
  for (const [at, { version, progress }] of seen.entries()) {
    const before = seen[at - 1] ?? { version: 0, progress: 0 }
    expect(version).toBeGreaterThanOrEqual(before.version)
    expect(progress).toBeGreaterThanOrEqual(before.progress)
  }
  await context.close()
})

test('a tab that the browser puts to sleep lends its line to another, and knows the truth when it wakes', async () => {
  const { page, context } = await openPage(browser, edition.url)
  await transcribe(page, quietRecording('before.wav', 2, 31))
  await card(page, 'completed').waitFor({ timeout: 60_000 })
  await live(page)
  const other = await context.newPage()
  const otherLines = linesOf(other)
  await other.goto(edition.url)
  await live(other)
  // Chromium freezes only what nobody looks at, and Playwright looks at every tab: the page hears what it would hear.
  await page.evaluate(() => document.dispatchEvent(new Event('freeze')))
  await expect.poll(() => otherLines.size, { timeout: 30_000 }).toBe(1)
  await live(other)
  const asked = page.waitForRequest((request) => request.url().endsWith('/api/jobs/list'))
  await page.evaluate(() => document.dispatchEvent(new Event('resume')))
  await asked
  await live(page)
  await context.close()
})

test('a tab that was stopped dead while its job ended shows the end when it goes on', async () => {
  const devtools = await browser.newBrowserCDPSession()
  const renderers = async (): Promise<number[]> => {
    const { processInfo } = await devtools.send('SystemInfo.getProcessInfo')
    return processInfo.filter(({ type }) => type === 'renderer').map(({ id }) => id)
  }
  const { page, context } = await openPage(browser, edition.url)
  await transcribe(page, quietRecording('asleep.wav', 300, 51))
  await card(page, 'processing').waitFor({ timeout: 60_000 })
  const [ref = { id: '', token: '' }] = await refs(page)
  const stopped = await renderers()
  for (const pid of stopped) process.kill(pid, 'SIGSTOP')
  try {
    await expect.poll(() => truth(ref).then((job) => job.status), { timeout: 120_000 }).toBe('completed')
  } finally {
    for (const pid of stopped) process.kill(pid, 'SIGCONT')
  }
  await card(page, 'completed').waitFor()
  await context.close()
})

test('when the server dies the page says so, and when it comes back all is live again', async () => {
  const { page, context } = await openPage(browser, edition.url)
  await transcribe(page, quietRecording('kept.wav', 2, 41))
  await card(page, 'completed').waitFor({ timeout: 60_000 })
  await live(page)
  await edition.kill()
  await expect.poll(() => page.locator('header').getAttribute('data-live')).toMatch(/polling|offline/)
  await live(page, 'offline')
  await page.getByText('The server does not answer - data may be stale').first().waitFor()
  await edition.start()
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await live(page)
  expect(await card(page, 'completed').count()).toBe(1)
  await context.close()
})
