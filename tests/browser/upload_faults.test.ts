/** What servers, stores and people do to an upload, and that it ends well or says why not. */
import { mkdirSync, renameSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { openPage } from './browser.ts'
import { Edition } from './edition.ts'
import { opened } from './opened.ts'
import { hashesUnder, hole, hoursOfSilence, quietRecording, sha256, write } from './recordings.ts'
import { Shaper } from './shaper.ts'
import { card, choose, row, spanOf, transcribe, watchPuts, watchRequests } from './upload_page.ts'

const STALL_BYTES = 3_000_000

const { edition, browser } = await opened({ QUEUE_CAPACITY: '50', MAX_DURATION_HOURS: '10' })

test('a session that has ended is renewed once, for the same job', async () => {
  const shaper = await new Shaper(new URL(edition.url)).start()
  const recording = quietRecording('long.wav', 200, 11)
  const { page, context } = await openPage(browser, shaper.url)
  const asked = watchRequests(page)
  shaper.limitBytes = STALL_BYTES
  await choose(page, recording)
  await transcribe(page)
  await shaper.waitForStall()
  await page.getByRole('button', { name: 'Pause: long.wav' }).click()
  await row(page, 'paused').waitFor()
  shaper.cut()
  forgetSessions(edition.home)
  await page.getByRole('button', { name: 'Resume: long.wav' }).click()
  await row(page, 'submitted').waitFor()
  expect(asked.filter((line) => /^POST .*\/upload$/.test(line))).toHaveLength(1)
  expect(asked.filter((line) => line === 'POST /api/jobs/submit')).toHaveLength(1)
  expect(hashesUnder(edition.home, statSync(recording).size)).toContain(sha256(recording))
  await context.close()
  await shaper.stop()
})

/** At once, as the store itself lets one go: bytes of the connection that was cut may still be on their way into it. */
function forgetSessions(home: string): void {
  const sessions = join(home, 'data', 'store', 'sessions')
  renameSync(sessions, join(home, 'forgotten-sessions'))
  mkdirSync(sessions)
}

test('a store that hides its Range header gets the file in one request', async () => {
  const shaper = await new Shaper(new URL(edition.url)).start()
  shaper.hidesRange = true
  const recording = hoursOfSilence('hour.wav', 1)
  const { page, context } = await openPage(browser, shaper.url)
  const warnings: string[] = []
  page.on('console', (message) => message.type() === 'warning' && warnings.push(message.text()))
  const sent = watchPuts(page)
  await choose(page, recording)
  await transcribe(page)
  await row(page, 'submitted').waitFor()
  const spans = sent.map(spanOf).filter((span) => span !== null)
  expect(spans.length).toBeLessThanOrEqual(3)
  expect(spans.every(({ start }) => start === 0)).toBe(true)
  expect(warnings.filter((text) => text.includes('Range'))).toHaveLength(1)
  expect(hashesUnder(edition.home, statSync(recording).size)).toContain(sha256(recording))
  await context.close()
  await shaper.stop()
})

test('what the server would refuse is refused here, each with its reason, and stops nothing else', async () => {
  const { page, context, complaints } = await openPage(browser, edition.url)
  await page.getByText(/Video or audio, up to /).waitFor()
  const asked = watchRequests(page)
  const long = hoursOfSilence('long.wav', 14)
  const huge = hole('huge.mp4', 11 * 1024 ** 3)
  await choose(page, write('notes.txt', 'text'), write('text.mp4', 'This is text.\n'.repeat(500)), write('empty.mp3', ''), huge, long)
  for (const sentence of [
    'notes.txt is not a recording.',
    'text.mp4 is not a recording.',
    'empty.mp3 is empty.',
    'huge.mp4 is larger than this server takes. Export the sound alone, or split it.',
    'long.wav is longer than this server takes. Split it into parts.',
  ]) {
    await row(page, 'rejected').getByText(sentence, { exact: true }).waitFor()
  }
  expect(asked.filter((line) => line.endsWith('/submit'))).toEqual([])
  await choose(page, quietRecording('good.wav', 3, 12))
  await transcribe(page)
  await card(page, 'completed').waitFor({ timeout: 120_000 })
  expect(asked.filter((line) => line.endsWith('/submit'))).toHaveLength(1)
  expect(complaints).toEqual([])
  await context.close()
})

test('a page that cannot learn what the server is works all the same', async () => {
  const { page, context } = await openPage(browser, edition.url)
  await page.route('**/api/config', (route) => route.fulfill({ status: 404, body: 'Not Found' }))
  await page.reload()
  await page.getByText('Video or audio, hours long.').waitFor()
  await page.getByText('Change', { exact: true }).click()
  await page.getByLabel('Task').waitFor()
  await choose(page, quietRecording('plain.wav', 3, 13))
  await transcribe(page)
  await row(page, 'submitted').waitFor()
  await context.close()
})

test('what it takes is said before it is begun', async () => {
  const { page, context, complaints } = await openPage(browser, edition.url)
  // Only the answer is replaced: what the price of a server is and how fast it was, is tested with the server.
  await page.route('**/api/estimate', async (route) => {
    const { durations_ms } = route.request().postDataJSON() as { durations_ms: number[] }
    const files = durations_ms.map((ms) => ({ processing_s: (ms / 1000) * 120, cost: (ms / 1000) * 0.07 }))
    await route.fulfill({ json: { files, wait_s: 240, currency: 'USD' } })
  })
  await choose(page, quietRecording('one.wav', 3, 14), quietRecording('two.wav', 3, 15))
  await row(page, 'ready').getByText('96 kB · 0:03 · about 6 min · about $0.21').first().waitFor()
  await page.getByText('Together about 12 min · about $0.42 · starts in about 4 min').waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

test('a file that the browser may read again needs one click after a reload', async () => {
  const shaper = await new Shaper(new URL(edition.url)).start()
  const { page, context, complaints } = await openPage(browser, shaper.url)
  // Nobody can drop a file with a handle from here; a private file has one that behaves the same, but never asks.
  await context.addInitScript(() => {
    const handle = async (): Promise<FileSystemFileHandle> =>
      (await navigator.storage.getDirectory()).getFileHandle('kept.wav', { create: true })
    let granted = false
    Object.assign(DataTransferItem.prototype, { getAsFileSystemHandle: handle })
    Object.assign(FileSystemFileHandle.prototype, {
      queryPermission: () => Promise.resolve(granted ? 'granted' : 'prompt'),
      requestPermission: () => ((granted = true), Promise.resolve('granted')),
    })
  })
  await page.reload()
  await page.evaluate(() => document.body.append(Object.assign(document.createElement('input'), { type: 'file', id: 'mine' })))
  await page.locator('#mine').setInputFiles(quietRecording('kept.wav', 200, 16))
  const transfer = await page.evaluateHandle(async () => {
    const handle = await (await navigator.storage.getDirectory()).getFileHandle('kept.wav', { create: true })
    const writable = await handle.createWritable()
    await writable.write(document.querySelector<HTMLInputElement>('#mine')?.files?.[0] ?? '')
    await writable.close()
    const made = new DataTransfer()
    made.items.add(await handle.getFile())
    return made
  })
  await page.dispatchEvent('header', 'drop', { dataTransfer: transfer })
  shaper.limitBytes = STALL_BYTES
  await row(page, 'ready').waitFor()
  await transcribe(page)
  await shaper.waitForStall()
  await page.getByText('If you reload this page, one click goes on.').waitFor()
  await page.reload()
  shaper.cut()
  await row(page, 'needs-file').getByText(/^kept\.wav stopped at \d+/).waitFor()
  const sent = watchPuts(page)
  await page.getByRole('button', { name: 'Continue: kept.wav' }).click()
  await row(page, 'submitted').waitFor()
  expect(sent[0]).toMatch(/^bytes \*\/\d+$/)
  expect(sent.map(spanOf).find((span) => span)?.start).toBeGreaterThan(0)
  expect(complaints).toEqual([])
  await context.close()
  await shaper.stop()
})

test('three of four are sent at once, and the fourth, for which the line has no room, says so and goes by itself', async () => {
  const small = await new Edition({ QUEUE_CAPACITY: '1', CONCURRENCY: '1' }).start()
  const { page, context } = await openPage(browser, small.url)
  try {
    await choose(page, ...[1, 2, 3, 4].map((at) => quietRecording(`part${at}.wav`, 300, 20 + at)))
    await page.getByRole('button', { name: 'Transcribe 4 files' }).click()
    await row(page, 'waiting').getByText(/^The line is full, so this file still needs the page\./).waitFor()
    await page.getByText(/^1 of 4 files still needs this page: keep it open\./).waitFor()
    expect(await page.locator('article[data-job]').count()).toBe(3)
    await choose(page, quietRecording('fifth.wav', 3, 30))
    await page.getByText(/^\d jobs? (is|are) running\. Yours waits/).waitFor()
    await expect.poll(() => row(page, 'submitted').count(), { timeout: 120_000 }).toBe(4)
    await expect.poll(() => card(page, 'completed').count(), { timeout: 120_000 }).toBe(4)
  } finally {
    await context.close()
    await small.stop()
  }
})
