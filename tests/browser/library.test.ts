/** One library for everything on the machine: what came through the inbox and the terminal is seen, corrected, named, found and
 *  taken along by whoever opens the link that `aisubs up` prints; and a browser's own library goes to another by its key. */
import { execFileSync } from 'node:child_process'
import { copyFileSync, mkdirSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { openPage } from './browser.ts'
import { PYTHON, SAMPLE } from './edition.ts'
import { opened } from './opened.ts'
import { quietRecording } from './recordings.ts'

const { edition, browser } = await opened()
const aisubs = (...words: string[]): string => edition.aisubs(...words)
const link = (...more: string[]): string => edition.link(...more)

beforeAll(async () => {
  mkdirSync(join(edition.home, 'terminal'))
  copyFileSync(SAMPLE, join(edition.home, 'inbox', 'from-the-inbox.mp4'))
  copyFileSync(quietRecording('quiet.wav', 3), join(edition.home, 'terminal', 'from-the-terminal.wav'))
  aisubs('transcribe', join(edition.home, 'terminal', 'from-the-terminal.wav'))
})

const row = (page: Page, name: string) => page.locator('tr[data-row]').filter({ has: page.getByRole('link', { name, exact: true }) })
const text = (page: Page) => page.getByRole('article', { name: 'Transcript' })

/** Signed in by the printed link, at the library, with both recordings transcribed. */
async function owner(path = '/library'): Promise<Awaited<ReturnType<typeof openPage>>> {
  const opened = await openPage(browser, link(), { acceptDownloads: true })
  await opened.page.getByText('Signed in. You see everything on this computer.').first().waitFor()
  expect(opened.page.url()).toBe(`${edition.url}/`)
  await opened.page.goto(edition.url + path)
  return opened
}

test('the printed link shows everything; it is opened, heard, corrected, renamed, tagged, found, kept and taken along', async () => {
  const { page, context } = await owner()
  const inbox = row(page, 'from-the-inbox.mp4')
  await inbox.and(page.locator('[data-status=completed]')).waitFor({ timeout: 120_000 })
  await inbox.getByText('Inbox', { exact: true }).waitFor()
  await row(page, 'from-the-terminal.wav').getByText('Terminal', { exact: true }).waitFor()

  // Opened, heard and corrected like any other.
  await page.getByRole('link', { name: 'from-the-inbox.mp4', exact: true }).click()
  await text(page).locator('p').first().waitFor()
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.locator('[contenteditable="plaintext-only"]').waitFor()
  await page.keyboard.press('End')
  await page.keyboard.type(' Bebauungsplan')
  await page.getByText(/^Saved /).waitFor()
  const corrected = Date.now()

  // By keyboard alone: another name, a tag.
  await page.getByRole('link', { name: 'Library' }).click()
  await page.getByRole('link', { name: 'from-the-inbox.mp4', exact: true }).focus()
  await page.keyboard.press('F2')
  await page.keyboard.type('Council meeting')
  await page.keyboard.press('Enter')
  const named = row(page, 'Council meeting')
  await named.getByRole('img', { name: 'Corrected by hand' }).waitFor()
  await page.waitForFunction(() => document.activeElement?.textContent === 'Council meeting')
  await page.getByRole('button', { name: 'More for Council meeting' }).press('Enter')
  await page.getByRole('button', { name: 'Tags', exact: true }).press('Enter')
  await page.keyboard.type('council')
  await page.keyboard.press('Enter')
  await page.keyboard.press('Escape')
  await named.getByText('council', { exact: true }).waitFor()

  // Who leaves a name for another field is in that field.
  await named.getByRole('link').press('F2')
  await page.getByRole('searchbox', { name: 'Search names and texts' }).focus()
  await named.getByRole('link').waitFor()
  await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
  expect(await page.evaluate(() => document.activeElement?.getAttribute('type'))).toBe('search')

  // The corrected word is found, and the click goes to its place, marked.
  await page.getByRole('searchbox', { name: 'Search names and texts' }).fill('bebauungs')
  await page.locator('mark', { hasText: 'Bebauungsplan' }).click()
  await text(page).getByText('Bebauungsplan').waitFor()
  await page.getByText('1 of 1').waitFor()
  expect(await page.evaluate(() => (CSS.highlights.get('match')?.size ?? 0) > 0)).toBe(true)
  await page.goto(`${edition.url}/library?tag=council`)
  await named.waitFor()
  expect(await page.locator('tr[data-row]').count()).toBe(1)

  // Kept; and many at once as a ZIP.
  await page.getByRole('button', { name: 'Keep Council meeting' }).click()
  await named.getByText('Kept', { exact: true }).waitFor()
  await page.getByRole('button', { name: 'Clear filters' }).click()
  await row(page, 'from-the-terminal.wav').waitFor()
  await page.getByRole('checkbox', { name: 'Select all that are shown' }).check()
  const selection = page.getByRole('group', { name: '2 selected' })
  const [download] = await Promise.all([page.waitForEvent('download'), selection.getByRole('button', { name: 'Download' }).click()])
  expect(namesInZip(await download.path())).toEqual(['Council meeting.srt', 'from-the-terminal.srt'])

  // The whole is the same on the next visit.
  await page.reload()
  await named.getByText('Kept', { exact: true }).waitFor()

  // The files beside the page follow the correction, and the machine's are kept.
  const results = join(edition.home, 'results')
  const files = (): string[] => readdirSync(results, { recursive: true, encoding: 'utf8' })
  const srt = (): string => files().filter((name) => /(^|\/)from-the-inbox[^/]*\.srt$/.test(name) && !name.includes('versions')).map((name) => readFileSync(join(results, name), 'utf8')).join()
  await expect.poll(srt, { timeout: 60_000, interval: 500 }).toContain('Bebauungsplan')
  console.info(`results/ rewritten ${Math.round((Date.now() - corrected) / 1000)} s after the correction: ${files().filter((name) => name.includes('inbox')).join(', ')}`)
  const machines = files().find((name) => /versions\/from-the-inbox[^/]*\.machine\.srt$/.test(name)) ?? ''
  expect(readFileSync(join(results, machines), 'utf8').includes('Bebauungsplan')).toBe(false)
  await context.close()
})

test('signed out, nothing of it is seen or opened from here, and a link that was replaced says so', async () => {
  const { page, context } = await owner('/')
  await page.getByLabel('Choose files', { exact: true }).setInputFiles([quietRecording('of-the-owner.wav', 2, 9)])
  await page.getByRole('button', { name: 'Transcribe', exact: true }).click()
  await page.locator('article[data-status="completed"]').filter({ hasText: 'of-the-owner.wav' }).waitFor({ timeout: 120_000 })
  const before = await everythingKept(page)
  const token = /"token":"([^"]+)"/.exec(await page.evaluate(() => localStorage.getItem('aisubs.jobs.v1') ?? ''))?.[1] ?? ''
  expect([token.length > 30, before.disk.includes(token), before.mirror.includes('own_')]).toEqual([true, true, true])
  const tab = await context.newPage()
  await tab.goto(`${edition.url}/library`)
  await row(tab, 'of-the-owner.wav').waitFor()

  await page.goto(`${edition.url}/library`)
  await row(page, 'of-the-owner.wav').waitFor()
  await page.getByRole('button', { name: 'Devices' }).click()
  await page.getByRole('listitem').filter({ hasText: 'this device' }).getByRole('button', { name: /^Sign out/ }).click()
  await page.getByText('Only what this browser has made.').waitFor()
  await page.getByText('Nothing here yet').waitFor()
  await tab.getByText('Nothing here yet').waitFor()
  const after = async (): Promise<boolean[]> => {
    const { mirror, disk } = await everythingKept(page)
    return [mirror, disk].flatMap((all) => [all.includes('own_'), all.includes(token)])
  }
  await expect.poll(after).toEqual([false, false, false, false])
  await page.reload()
  await page.getByText('Nothing here yet').waitFor()
  expect(await after()).toEqual([false, false, false, false])
  await tab.close()

  const old = link()
  await page.goto(old)
  await page.getByText('Signed in. You see everything on this computer.').first().waitFor()
  link('--new')
  await page.goto(`${edition.url}/library`)
  await page.getByText('You are signed out here', { exact: false }).first().waitFor()
  await page.goto('about:blank')
  await page.goto(old)
  await page.getByText('This link no longer signs in', { exact: false }).first().waitFor()
  await context.close()
})

test('a browser’s own library opens in another by its key, and by no key that was replaced', async () => {
  const first = await openPage(browser, edition.url)
  await first.page.getByLabel('Choose files', { exact: true }).setInputFiles([quietRecording('mine.wav', 3, 7)])
  await first.page.getByRole('button', { name: 'Transcribe', exact: true }).click()
  await first.page.locator('article[data-status="completed"]').waitFor({ timeout: 120_000 })
  await first.page.goto(`${edition.url}/library`)
  await row(first.page, 'mine.wav').waitFor()
  expect(await first.page.locator('tr[data-row]').count()).toBe(1)
  await first.page.getByRole('button', { name: 'Recovery key' }).click()
  await first.page.getByRole('button', { name: 'Show the key' }).click()
  const key = await first.page.getByLabel('Key', { exact: true }).inputValue()

  const second = await openPage(browser, `${edition.url}/library`)
  await second.page.getByText('Nothing here yet').waitFor()
  await second.page.getByRole('button', { name: 'Recovery key' }).click()
  await second.page.getByLabel('The key of the other device').fill('no key')
  await second.page.getByRole('button', { name: 'Use this key' }).click()
  await second.page.getByText('That is no key.', { exact: false }).first().waitFor()
  await second.page.getByLabel('The key of the other device').fill(key.toLowerCase().replaceAll('-', ' '))
  await second.page.getByRole('button', { name: 'Use this key' }).click()
  await second.page.getByRole('button', { name: 'Close' }).click()
  await row(second.page, 'mine.wav').waitFor()

  // By the link of the QR code a third one is asked first, and says no.
  const third = await openPage(browser, `${edition.url}/#library=${key}`)
  await third.page.getByRole('dialog', { name: 'Open this library here?' }).getByRole('button', { name: 'Cancel' }).click()
  expect(third.page.url()).toBe(`${edition.url}/`)
  await third.page.goto(`${edition.url}/library`)
  await third.page.getByText('Nothing here yet').waitFor()

  await first.page.getByText('Make a new key…').click()
  await first.page.getByRole('button', { name: 'Make a new key', exact: true }).click()
  await first.page.getByText('The old key opens nothing any more', { exact: false }).first().waitFor()
  await second.page.reload()
  await second.page.getByText('Nothing here yet').waitFor()
  await first.page.reload()
  await row(first.page, 'mine.wav').waitFor()
  await Promise.all([first, second, third].map(({ context }) => context.close()))
})

/** What the browser has on its disk for this page. */
async function everythingKept(page: Page): Promise<{ mirror: string; disk: string }> {
  return page.evaluate(async () => {
    const settled = <T>(asked: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        asked.onsuccess = () => resolve(asked.result)
        asked.onerror = () => reject(asked.error ?? new Error('IndexedDB'))
      })
    const rows: unknown[] = []
    for (const { name } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name ?? ''))
      for (const store of database.objectStoreNames) rows.push(await settled(database.transaction(store).objectStore(store).getAll()))
      database.close()
    }
    return { mirror: JSON.stringify(localStorage), disk: JSON.stringify(rows) }
  })
}

/** By the ZIP's own list, which stands at its end. */
function namesInZip(path: string): string[] {
  const ask = 'import json, sys, zipfile; print(json.dumps(sorted(zipfile.ZipFile(sys.argv[1]).namelist())))'
  expect(readFileSync(path).subarray(0, 2).toString()).toBe('PK')
  return JSON.parse(execFileSync(PYTHON, ['-c', ask, path], { encoding: 'utf8' })) as string[]
}
