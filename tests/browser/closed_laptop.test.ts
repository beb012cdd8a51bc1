/** "Drop recordings, close the laptop, come back to subtitles", by browsers that are killed.
 *
 *  What is promised: once the page says that it may be closed, no moment of a kill loses a job from the list. Before that, what
 *  `Transcribe` was pressed for is in the list or still among the uploads, and goes on with the same file.
 *  KILLS=200 for the long form. */
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { Page } from 'playwright-core'
import { Edition } from './edition.ts'
import { MortalBrowser } from './mortal_browser.ts'
import { quietRecording, removeRecordings } from './recordings.ts'
import { Shaper } from './shaper.ts'
import { card, row } from './upload_page.ts'

const KILLS = Number(process.env['KILLS'] ?? 6)
const SEED = Number(process.env['KILLS_SEED'] ?? 20261129)
/** Every so many rounds the browser is killed while bytes are on their way. */
const EARLY_EVERY = 4
const EARLY_S = 40
const LATE_S = 5
const BYTES_PER_S = 32_000

const edition = new Edition()
let shaper: Shaper

beforeAll(async () => {
  await edition.start()
  shaper = await new Shaper(new URL(edition.url)).start()
})
afterAll(async () => {
  await shaper.stop()
  await edition.stop()
  removeRecordings()
})

const mayBeClosed = (page: Page) => page.locator('[data-closing="may"]')
const inList = (page: Page, name: string) => page.locator('article[data-job]', { hasText: name })
const openList = (page: Page): Promise<void> => page.getByRole('button', { name: /^Jobs/ }).click()

/** Nothing is uploading, waiting or at work. */
async function serverIsDone(): Promise<void> {
  const jobs = async (): Promise<number> => {
    const answer = await fetch(new URL('/api/queue', edition.url))
    const { active, pending, uploading } = (await answer.json()) as { active: number; pending: number; uploading: number }
    return active + pending + uploading
  }
  await expect.poll(jobs, { timeout: 170_000, interval: 500 }).toBe(0)
}

test('ten recordings are dropped, the laptop is closed: all ten are sent, transcribed and in the list', async () => {
  const browser = new MortalBrowser()
  try {
    const page = await browser.open(edition.url)
    const names = Array.from({ length: 10 }, (_, at) => `lecture ${at}.wav`)
    await browser.choose(page, 'Choose files', ...names.map((name, at) => quietRecording(name, 20, 100 + at)))
    await page.getByRole('button', { name: 'Transcribe 10 files' }).click()
    await page.getByText(/^\d+ of 10 files still need this page: keep it open\./).waitFor()
    expect(await page.title()).toMatch(/^\d+ files? not yet on the server · Transcribe/)
    await mayBeClosed(page).waitFor()
    expect(await page.title()).toBe('Transcribe - aisubs')
    await browser.kill()
    await serverIsDone() // while no page is open
    const later = await browser.open(edition.url)
    await openList(later)
    await expect.poll(() => card(later, 'completed').count(), { timeout: 30_000 }).toBe(10)
    for (const name of names) expect(await inList(later, name).count(), name).toBe(1)
  } finally {
    await browser.stop()
  }
})

test(`${KILLS} killed browsers lose nothing that was promised`, { timeout: 60_000 + KILLS * 60_000 }, async () => {
  const random = seeded(SEED)
  const browser = new MortalBrowser()
  try {
    let page = await browser.open(shaper.url)
    let promised = 0
    for (let at = 0; at < KILLS; at += 1) {
      const names = [`talk ${at} one.wav`, `talk ${at} two.wav`]
      const early = at % EARLY_EVERY === EARLY_EVERY - 1
      const files = names.map((name, of) => quietRecording(name, early ? EARLY_S : LATE_S, 1000 + at * 2 + of))
      shaper.limitBytes = early ? Math.floor(random() * EARLY_S * BYTES_PER_S) : Infinity
      await browser.choose(page, 'Choose files', ...files)
      await page.getByRole('button', { name: 'Transcribe 2 files' }).click()
      // From here on they are written down: nothing is asked of a server before.
      if (early) await page.waitForFunction(() => !document.querySelector('[data-phase="ready"], [data-phase="queued"]'))
      else await mayBeClosed(page).waitFor({ timeout: 60_000 })
      await moment(random() * (early ? 600 : 2_000))
      await browser.kill()
      shaper.cut()
      page = await browser.open(shaper.url)
      await openList(page)
      for (const [of, name] of names.entries()) {
        if (early) await goOn(browser, page, name, files[of] ?? '')
        await page.getByLabel('Search by name').fill(name)
        await inList(page, name).waitFor({ timeout: 60_000 }).catch(async (fault: unknown) => {
          throw new Error(`${name} is not in the list. ${await whatIsThere(page)}`, { cause: fault })
        })
        await page.getByLabel('Search by name').fill('')
      }
      promised += names.length
      if (at % 20 === 19) console.info(`${at + 1} kills, ${promised} jobs: none is lost`)
    }
    await page.reload()
    await openList(page)
    await page.getByText(new RegExp(`^1-10 of ${promised}$|^1-${promised} of ${promised}$`)).waitFor()
    await serverIsDone()
    console.info(`${KILLS} kills (seed ${SEED}): all ${promised} jobs are in the list`)
  } finally {
    await browser.stop()
  }
})

/** For whoever has to find out why: the newest rows of the list and of the uploads on the disk, and what is shown. */
async function whatIsThere(page: Page): Promise<string> {
  const rows = await page.evaluate(async () => {
    const all = (database: string, store: string): Promise<unknown[]> =>
      new Promise((resolve, reject) => {
        const opening = indexedDB.open(database)
        opening.onerror = () => reject(new Error(database))
        opening.onsuccess = () => {
          const asked = opening.result.transaction(store).objectStore(store).getAll()
          asked.onsuccess = () => resolve(asked.result as unknown[])
        }
      })
    const jobs = (await all('aisubs-jobs', 'jobs')) as { id: string; addedAt?: number; removedAt?: number; last?: { filename: string; status: string } | null }[]
    const newest = jobs.sort((a, b) => (b.addedAt ?? b.removedAt ?? 0) - (a.addedAt ?? a.removedAt ?? 0)).slice(0, 4)
    const mirror = localStorage.getItem('aisubs.jobs.v1') ?? ''
    return { jobs: jobs.length, newest, mirrored: newest.map(({ id }) => mirror.includes(id)), uploads: await all('aisubs-uploads', 'records') }
  })
  return `${JSON.stringify(rows)} ${await page.locator('body').innerText()} ${await page.getByLabel('Search by name').inputValue()}`
}

/** An upload that was cut off: its job is in the list, or its file is asked for. */
async function goOn(browser: MortalBrowser, page: Page, name: string, file: string): Promise<void> {
  const asked = page.getByLabel(`Choose file: ${name}`).and(page.locator('input'))
  const whole = row(page, 'submitted').filter({ hasText: name })
  const known = inList(page, name).and(page.locator(':not([data-status="uploading"])'))
  await asked.or(whole).or(known).first().waitFor({ state: 'attached', timeout: 60_000 })
  if ((await asked.count()) === 0) return
  await browser.choose(page, `Choose file: ${name}`, file)
  await whole.waitFor({ timeout: 60_000 })
}

/** Not for anything to happen: the kill comes whenever it comes. */
const moment = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms))

/** Mulberry32 (https://gist.github.com/tommyettinger/46a874533244883189143505d203312c): 0 … 1. */
function seeded(seed: number): () => number {
  let state = seed
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}
