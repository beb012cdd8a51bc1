/** The list of jobs: in the address, in pages, by keyboard; and nothing that it holds is ever lost. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { expectAccessible, openPage, type Watched } from './browser.ts'
import { opened } from './opened.ts'
import { quietRecording, write } from './recordings.ts'

const { edition, browser } = await opened({ QUEUE_CAPACITY: '50', CONCURRENCY: '1' })
let stored: string

interface Kept {
  id: string
  token: string
  last: Record<string, unknown> | null
}

beforeAll(async () => {
  const { page, context } = await openPage(browser, edition.url)
  const broken = write('broken.mp4', Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 37) & 255)))
  const files = Array.from({ length: 11 }, (_, at) => quietRecording(`talk ${at + 1}.wav`, 1, 300 + at))
  await page.getByLabel('Choose files', { exact: true }).setInputFiles([...files, broken])
  await page.getByRole('button', { name: 'Transcribe 12 files' }).click()
  await page.waitForFunction(
    () => {
      const kept = JSON.parse(localStorage.getItem('aisubs.jobs.v1') ?? '[]') as { last: { status: string } | null }[]
      return kept.length === 12 && kept.every(({ last }) => last && ['completed', 'failed'].includes(last.status))
    },
    null,
    { timeout: 170_000 },
  )
  stored = await page.evaluate(() => localStorage.getItem('aisubs.jobs.v1') ?? '')
  await context.close()
})

const drawer = (page: Page) => page.getByRole('dialog', { name: 'My transcriptions' })
const cards = (page: Page) => drawer(page).locator('article')
const chip = (page: Page, name: RegExp) => drawer(page).getByRole('group', { name: 'Show' }).getByRole('button', { name })

async function openWithJobs(path: string, list = stored, options: Parameters<typeof openPage>[2] = {}): Promise<Watched> {
  const watched = await openPage(browser, edition.url, options)
  await watched.page.evaluate((text) => localStorage.setItem('aisubs.jobs.v1', text), list)
  await watched.page.goto(new URL(path, edition.url).href)
  return watched
}

test('an address opens its part of the list, and the list makes its address', async () => {
  const { page, context } = await openWithJobs('/jobs?status=completed&page=2')
  await drawer(page).getByText('11-11 of 11').waitFor()
  expect(await cards(page).count()).toBe(1)
  await page.getByRole('button', { name: 'Previous page' }).click()
  await drawer(page).getByText('1-10 of 11').waitFor()
  expect(new URL(page.url()).search).toBe('?status=completed')
  await page.goBack()
  await drawer(page).getByText('11-11 of 11').waitFor()
  await chip(page, /^Failed/).click()
  await expect.poll(() => new URL(page.url()).search).toBe('?status=failed')
  await page.getByText('(not_media)').or(page.getByText('(damaged)')).first().waitFor()
  await cards(page).getByRole('link', { name: /^Choose another file/ }).waitFor()
  expect(await cards(page).getByRole('button', { name: /^Try again/ }).count()).toBe(0) // it would be as broken as before
  await chip(page, /^All/).click()
  await page.getByLabel('Search by name').fill('talk 1')
  await expect.poll(() => new URL(page.url()).search).toBe('?q=talk+1')
  expect(await cards(page).count()).toBe(3)
  await page.reload()
  await expect.poll(() => cards(page).count()).toBe(3)
  expect(await page.getByLabel('Search by name').inputValue()).toBe('talk 1')
  await page.keyboard.press('Escape')
  await context.close()
})

test.each(['light', 'dark'] as const)('axe finds nothing in it, wide and narrow, %s', async (colorScheme) => {
  const { page, context } = await openWithJobs('/jobs', stored, { colorScheme })
  await cards(page).first().waitFor()
  await expectAccessible(page, 'wide')
  await page.setViewportSize({ width: 360, height: 740 })
  await cards(page).first().waitFor()
  await expectAccessible(page, 'narrow')
  await context.close()
})

test('by keyboard: parts, a job removed and put back, pages, and out again', async () => {
  const { page, context } = await openWithJobs('/')
  await page.getByRole('button', { name: 'Jobs', exact: true }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('jobs-title')
  await chip(page, /^Failed/).focus()
  await page.keyboard.press('Space')
  await expect.poll(() => cards(page).count()).toBe(1)
  await page.getByRole('button', { name: 'More for broken.mp4' }).focus()
  await page.keyboard.press('Enter')
  await page.getByRole('button', { name: 'Remove from this list' }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => cards(page).count()).toBe(0)
  await expect.poll(() => page.evaluate(() => document.activeElement?.id)).toBe('jobs-title')
  await page.getByRole('button', { name: 'Undo' }).focus()
  await page.keyboard.press('Enter')
  await expect.poll(() => cards(page).count()).toBe(1)
  await page.keyboard.press('Escape')
  await drawer(page).waitFor({ state: 'detached' })
  await expect.poll(() => page.evaluate(() => document.activeElement?.getAttribute('aria-label'))).toBe('Jobs')
  await context.close()
})

test('a waiting job has its place, is cancelled, and tried again with the same settings', async () => {
  const { page, context } = await openPage(browser, edition.url)
  const submit = async (file: string): Promise<void> => {
    await page.getByLabel('Choose files', { exact: true }).setInputFiles(file)
    await page.getByRole('button', { name: 'Transcribe', exact: true }).click()
  }
  await submit(quietRecording('long.wav', 1800, 401))
  await cards(page).and(page.locator('[data-status="processing"]')).waitFor({ timeout: 60_000 })
  await page.getByRole('heading', { name: 'Tell you when a transcription is ready?' }).waitFor() // in time for the first job
  await submit(quietRecording('next.wav', 1, 402))
  const waiting = cards(page).and(page.locator('[data-state="pending"]')).filter({ hasText: 'next.wav' })
  await waiting.getByText(/Next in line|place 1/).waitFor({ timeout: 60_000 })
  expect(Number(await page.locator('header [data-share]').getAttribute('data-share'))).toBeLessThan(1)
  await page.getByRole('button', { name: 'More for long.wav' }).click()
  await page.getByText('This server does not stop what runs.').waitFor()
  expect(await page.getByRole('button', { name: 'Remove from this list' }).and(page.locator(':visible')).count()).toBe(0)
  await page.keyboard.press('Escape')
  await waiting.getByRole('button', { name: 'Cancel: next.wav' }).click()
  const cancelled = cards(page).and(page.locator('[data-state="cancelled"]'))
  await cancelled.waitFor()
  const [before] = await jobsOf(page, 'next.wav')
  await cancelled.getByRole('button', { name: 'Try again: next.wav' }).click()
  await cards(page).and(page.locator('[data-status="completed"]')).filter({ hasText: 'next.wav' }).waitFor({ timeout: 120_000 })
  const [after] = await jobsOf(page, 'next.wav')
  expect(after?.last?.['options']).toEqual(before?.last?.['options'])
  expect(after?.id).toBe(before?.id)
  await context.close()
})

test('of an id that is gone, one on another page and one that cannot be had, only the first is removed', async () => {
  const all = JSON.parse(stored) as Kept[]
  const gone: Kept = { id: '00000000-0000-4000-8000-000000000000', token: 'x'.repeat(43), last: null }
  const { page, context } = await openPage(browser, edition.url)
  const unlucky = all[3]?.id ?? ''
  await page.route(`**/api/jobs/${unlucky}*`, (route) => route.fulfill({ status: 500, body: '{}' }))
  const list = [gone, ...all].map((one, at) => ({ addedAt: at, ...one, ...(one.id === unlucky ? { last: null } : {}) }))
  await page.evaluate((text) => localStorage.setItem('aisubs.jobs.v1', text), JSON.stringify(list))
  await page.goto(new URL('/jobs?page=1', edition.url).href)
  await page.waitForFunction((id) => !(localStorage.getItem('aisubs.jobs.v1') ?? id).includes(id), gone.id)
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await drawer(page).getByText('1-10 of 12').waitFor()
  expect((await jobsOf(page)).map(({ id }) => id).sort()).toEqual(all.map(({ id }) => id).sort())
  await context.close()
})

test.each([
  ['garbage', '{"a":'],
  ['the list of another program', '{"version":7,"jobs":{}}'],
])('%s in the storage is set aside, and jobs can be made', async (_, text) => {
  const { page, context } = await openWithJobs('/', text)
  await page.getByRole('heading', { name: 'Turn recordings into subtitles' }).waitFor()
  expect(await page.evaluate(() => localStorage.getItem('aisubs.jobs.v1.bad'))).toBe(text)
  await page.getByLabel('Choose files', { exact: true }).setInputFiles(quietRecording('after.wav', 1, 501))
  await page.getByRole('button', { name: /^Transcribe/ }).click()
  await cards(page).and(page.locator('[data-status="completed"]')).waitFor({ timeout: 120_000 })
  expect(await jobsOf(page)).toHaveLength(1)
  await context.close()
})

test('a full localStorage costs nothing: the list itself is in IndexedDB', async () => {
  const { page, context } = await openPage(browser, edition.url)
  await page.evaluate(() => {
    let size = 4_000_000
    while (size > 8) {
      try {
        localStorage.setItem(`filler${size}${Math.random()}`, 'x'.repeat(size))
      } catch {
        size = Math.floor(size / 2)
      }
    }
  })
  await page.reload()
  await page.getByLabel('Choose files', { exact: true }).setInputFiles(quietRecording('full.wav', 1, 502))
  await page.getByRole('button', { name: /^Transcribe/ }).click()
  await page.getByText('You can close this page now: everything is on the server.').waitFor()
  await cards(page).and(page.locator('[data-status="completed"]')).waitFor({ timeout: 120_000 })
  expect(await page.getByText('This browser keeps nothing').count()).toBe(0)
  await page.goto(new URL('/jobs', edition.url).href)
  await cards(page).and(page.locator('[data-status="completed"]')).waitFor()
  await context.close()
})

async function jobsOf(page: Page, name?: string): Promise<Kept[]> {
  const all = await page.evaluate(() => JSON.parse(localStorage.getItem('aisubs.jobs.v1') ?? '[]') as Kept[])
  return name === undefined ? all : all.filter(({ last }) => last?.['filename'] === name)
}
