/** The page over plain HTTP from another machine: what browsers give to secure contexts alone (random UUIDs, Web Locks, private
 *  files, file handles, the service worker) is not there, and the core works all the same. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openPage } from './browser.ts'
import { SAMPLE } from './edition.ts'
import { opened } from './opened.ts'
import { quietRecording } from './recordings.ts'
import { Shaper } from './shaper.ts'
import { card, choose, row, transcribe } from './upload_page.ts'

/** A name as a router gives it. Loopback addresses and `localhost` would be secure. */
const HOST = 'aisubs.lan'
const STALL_BYTES = 3_000_000

const { edition, browser } = await opened({}, [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`])

function fromAnotherMachine(url: string): string {
  const named = new URL(url)
  named.hostname = HOST
  return named.href
}

const isSecure = (page: Page): Promise<boolean> => page.evaluate(() => isSecureContext || 'locks' in navigator || 'randomUUID' in crypto)

test('a recording is sent, stays in the list over a reload, and its transcript opens', async () => {
  const { page, context, complaints } = await openPage(browser, fromAnotherMachine(edition.url))
  expect(await isSecure(page)).toBe(false)
  await choose(page, SAMPLE)
  await transcribe(page)
  await page.getByText('You can close this page now: everything is on the server.').waitFor()
  await card(page, 'completed').waitFor({ timeout: 120_000 })
  await page.reload()
  await page.getByRole('button', { name: /^Jobs/ }).click()
  await card(page, 'completed').getByRole('link', { name: 'Open: sample.mp4' }).click()
  await page.getByRole('article', { name: 'Transcript' }).locator('p').first().waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

test('the same file again is known by its hash', async () => {
  const { page, context } = await openPage(browser, fromAnotherMachine(edition.url))
  const recording = quietRecording('twice.wav', 3, 40)
  const known = row(page, 'submitted').getByText(/^Already transcribed/)
  await choose(page, recording)
  await transcribe(page)
  await card(page, 'completed').first().waitFor({ timeout: 120_000 })
  expect(await known.count()).toBe(0)
  await choose(page, recording)
  await transcribe(page)
  await known.waitFor()
  await context.close()
})

test('an upload is one tab’s: another one shows it, and asks for its file only when that tab is gone', async () => {
  const shaper = await new Shaper(new URL(edition.url)).start()
  const recording = quietRecording('long.wav', 200, 41)
  const { page, context } = await openPage(browser, fromAnotherMachine(shaper.url))
  shaper.limitBytes = STALL_BYTES
  await choose(page, recording)
  await transcribe(page)
  await shaper.waitForStall()
  shaper.limitBytes = Infinity // for the other tab
  const other = await context.newPage()
  await other.goto(fromAnotherMachine(shaper.url))
  await row(other, 'sending').getByText('Another tab is uploading this. Keep that tab open.').waitFor()
  expect(await row(other, 'needs-file').count()).toBe(0)
  await page.close()
  await row(other, 'needs-file').waitFor()
  await other.getByLabel('Choose file: long.wav').and(other.locator('input')).setInputFiles(recording)
  await row(other, 'submitted').waitFor()
  await context.close()
  await shaper.stop()
})
