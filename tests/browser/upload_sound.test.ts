/** Of a video only its sound is sent. It is kept in the browser until then, so that nothing short of that stops it. */
import { copyFileSync, readFileSync, statSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { expectAccessible, openPage, type Watched } from './browser.ts'
import { openPanel, saveAs } from './download_panel.ts'
import { SAMPLE } from './edition.ts'
import { opened } from './opened.ts'
import { filesUnder, quietRecording, sha256, streamsOf, twoTracks, video, withMorePicture, write } from './recordings.ts'
import { Shaper } from './shaper.ts'
import { card, choose, extractsOf, row, spanOf, transcribe, watchPuts, watchRequests, words } from './upload_page.ts'

const STALL_BYTES = 3_000_000

const { edition, browser } = await opened({ QUEUE_CAPACITY: '50' })

function sampleVideo(name: string): string {
  const path = write(name, '')
  copyFileSync(SAMPLE, path)
  return withMorePicture(path)
}

/** A page whose first upload has stalled in the middle of its sound. */
async function stalled(shaper: Shaper, recording: string): Promise<Watched & { sent: string[] }> {
  const watched = await openPage(browser, shaper.url)
  const sent = watchPuts(watched.page)
  shaper.limitBytes = STALL_BYTES
  await choose(watched.page, recording)
  await transcribe(watched.page)
  await shaper.waitForStall()
  await row(watched.page, 'sending').waitFor()
  return { ...watched, sent }
}

async function jobsOf(page: Page): Promise<string[]> {
  const text = await page.evaluate(() => localStorage.getItem('aisubs.jobs.v1'))
  return (JSON.parse(text ?? '[]') as { id: string }[]).map(({ id }) => id)
}

test('only the sound goes to the store, and all that is said comes back', async () => {
  const recording = sampleVideo('talk.mp4')
  const { page, context, complaints } = await openPage(browser, edition.url)
  const sent = watchPuts(page)
  await choose(page, recording)
  await transcribe(page)
  await row(page, 'submitted').waitFor()
  const total = sent.map(spanOf).find((span) => span)?.total ?? 0
  expect(total).toBeGreaterThan(0)
  expect(total).toBeLessThan(statSync(recording).size * 0.2)
  expect(streamsOf(filesUnder(edition.home, total)[0] ?? '')).toEqual(['audio'])
  await card(page, 'completed').waitFor({ timeout: 120_000 })
  await page.getByRole('button', { name: 'Download: talk.mp4' }).click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /^Subtitles, SRT/ }).click()])
  expect(download.suggestedFilename()).toBe('talk.srt')
  const said = words(readFileSync(await download.path(), 'utf8').replace(/^\d+\r?\n.*-->.*$/gm, ''))
  const expected = words(readFileSync(SAMPLE.replace('.mp4', '.txt'), 'utf8'))
  expect(said).toEqual(expected)
  expect(await extractsOf(page)).toEqual([])
  expect(complaints).toEqual([])
  await context.close()
})

test('of several audio tracks all go to the store, where the one with speech is found', async () => {
  const { page, context } = await openPage(browser, edition.url)
  const sent = watchPuts(page)
  await choose(page, twoTracks('film.mp4', SAMPLE))
  await transcribe(page)
  await row(page, 'submitted').waitFor()
  const total = sent.map(spanOf).find((span) => span)?.total ?? 0
  expect(streamsOf(filesUnder(edition.home, total)[0] ?? '')).toEqual(['audio', 'audio'])
  await card(page, 'completed').getByText('audio track 2 of 2 (Speech)').waitFor({ timeout: 120_000 })
  const panel = await openPanel(page, 'film.mp4')
  const download = await saveAs(panel, 'Everything, JSON')
  const { extra, segments } = JSON.parse(readFileSync(await download.path(), 'utf8')) as {
    extra: object
    segments: { text: string }[]
  }
  expect(extra).toMatchObject({ audio_track: { number: 2, of: 2, reason: 'speech', language: 'en', title: 'Speech' } })
  expect(words(segments.map(({ text }) => text).join(' ')).length).toBeGreaterThan(10)
  await context.close()
})

test('the audio track that was chosen is the one that is heard', async () => {
  const { page, context } = await openPage(browser, edition.url)
  await choose(page, twoTracks('chosen.mp4', SAMPLE))
  await page.getByText('Change', { exact: true }).click()
  await page.getByLabel('Audio track', { exact: true }).selectOption('Audio track 1')
  await transcribe(page)
  await card(page, 'completed').waitFor({ timeout: 120_000 })
  const panel = await openPanel(page, 'chosen.mp4')
  const download = await saveAs(panel, 'Everything, JSON')
  expect(JSON.parse(readFileSync(await download.path(), 'utf8'))).toMatchObject({ extra: { audio_track: { number: 1, reason: 'asked' } } })
  await context.close()
})

test('text is shown before all of it is there', async () => {
  const { page, context } = await openPage(browser, edition.url)
  const meeting = video('meeting.mkv', 20, 1, SAMPLE.replace('sample.mp4', 'meeting.opus'))
  await page.evaluate(() => {
    const seen: string[] = []
    Object.assign(globalThis, { seenWhileProcessing: seen })
    new MutationObserver(() => {
      const text = document.querySelector<HTMLElement>('article[data-status="processing"]')?.innerText
      if (text) seen.push(text)
    }).observe(document.body, { subtree: true, childList: true, characterData: true })
  })
  await choose(page, meeting)
  await transcribe(page)
  await card(page, 'completed').waitFor({ timeout: 170_000 })
  const seen = await page.evaluate(() => (globalThis as unknown as { seenWhileProcessing: string[] }).seenWhileProcessing)
  const expected = words(readFileSync(SAMPLE.replace('sample.mp4', 'meeting.txt'), 'utf8'))
  const threes = expected.slice(2).map((word, at) => [expected[at], expected[at + 1], word].join(' '))
  const heard = seen.map((text) => words(text).join(' '))
  expect(threes.some((three) => heard.some((text) => text.includes(three)))).toBe(true)
  await context.close()
})

test('the same sound is taken out of the same video, byte for byte', async () => {
  const recording = video('twice.mov', 20, 2)
  const hashes: string[] = []
  for (let time = 0; time < 2; time += 1) {
    const { page, context } = await openPage(browser, edition.url)
    const sent = watchPuts(page)
    await choose(page, recording)
    await transcribe(page)
    await row(page, 'submitted').waitFor()
    const total = sent.map(spanOf).find((span) => span)?.total ?? 0
    hashes.push(...filesUnder(edition.home, total).map(sha256))
    await context.close()
  }
  expect(hashes.length).toBeGreaterThanOrEqual(2)
  expect(new Set(hashes).size).toBe(1)
})

test('after a reload it goes on by itself', async () => {
  const shaper = await new Shaper(new URL(edition.url)).start()
  const { page, context, complaints, sent } = await stalled(shaper, video('reloaded.mov', 200, 3))
  await page.getByText('You can reload this page; the upload goes on by itself.').waitFor()
  const before = await jobsOf(page)
  sent.length = 0
  let asked = 0
  page.on('dialog', (dialog) => {
    asked += 1
    void dialog.accept()
  })
  await page.reload()
  shaper.cut()
  await row(page, 'submitted').waitFor()
  expect(asked).toBe(1) // the file would not reach the server while the page is closed, though another visit goes on
  expect(sent[0]).toMatch(/^bytes \*\/\d+$/)
  const first = sent.map(spanOf).find((span) => span)
  expect(first?.start).toBeGreaterThan(0)
  expect(await jobsOf(page)).toEqual(before)
  expect(filesUnder(edition.home, first?.total ?? 0)).toHaveLength(1)
  await row(page, 'submitted').getByText('Completed').waitFor({ timeout: 120_000 })
  expect(await extractsOf(page)).toEqual([])
  expect(complaints).toEqual([])
  await context.close()
  await shaper.stop()
})

test('when its tab crashes, another one goes on', async () => {
  const shaper = await new Shaper(new URL(edition.url)).start()
  const { page, context } = await stalled(shaper, video('crashed.mov', 200, 4))
  const second = await context.newPage()
  await second.goto(shaper.url)
  await row(second, 'sending').getByText('Another tab is uploading this').waitFor()
  const before = await jobsOf(second)
  const sent = watchPuts(second)
  const devtools = await context.newCDPSession(page)
  devtools.send('Page.crash').catch(() => undefined) // a page that crashes does not answer
  await page.waitForEvent('crash')
  shaper.cut()
  await row(second, 'submitted').waitFor()
  expect(sent[0]).toMatch(/^bytes \*\/\d+$/)
  expect(sent.map(spanOf).find((span) => span)?.start).toBeGreaterThan(0)
  expect(await jobsOf(second)).toEqual(before)
  expect(before).toHaveLength(1)
  await row(second, 'submitted').getByText('Completed').waitFor({ timeout: 120_000 })
  await context.close()
  await shaper.stop()
})

test('another tab shows it, pauses it and takes it away', async () => {
  const shaper = await new Shaper(new URL(edition.url)).start()
  const { page, context, complaints } = await stalled(shaper, video('shared.mov', 200, 5))
  const second = await context.newPage()
  await second.goto(shaper.url)
  const sent = watchPuts(second)
  await second.getByRole('button', { name: 'Pause: shared.mov' }).click()
  await row(page, 'paused').waitFor()
  await row(second, 'paused').waitFor()
  shaper.cut()
  shaper.limitBytes = STALL_BYTES / 3
  await second.getByRole('button', { name: 'Resume: shared.mov' }).click()
  await row(page, 'sending').waitFor()
  await shaper.waitForStall()
  await second.getByRole('button', { name: 'Cancel: shared.mov' }).click()
  await row(page, 'sending').waitFor({ state: 'detached' })
  await row(second, 'sending').waitFor({ state: 'detached' })
  await expect.poll(() => extractsOf(page)).toEqual([])
  expect(sent).toEqual([])
  expect(complaints).toEqual([])
  await context.close()
  await shaper.stop()
})

test('the whole file can be had instead, and is remembered', async () => {
  const { page, context, complaints } = await openPage(browser, edition.url)
  const sent = watchPuts(page)
  await page.getByText('Change', { exact: true }).click()
  await page.getByLabel('Of videos, upload').selectOption('whole')
  const recording = sampleVideo('whole.mp4')
  await choose(page, recording)
  await transcribe(page)
  await row(page, 'submitted').waitFor()
  expect(sent.map(spanOf).find((span) => span)?.total).toBe(statSync(recording).size)
  await page.reload()
  await page.getByText('whole file', { exact: false }).first().waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

/** The whole file is sent, and the page says why. */
async function expectWhole(page: Page, recording: string, why: string): Promise<void> {
  const sent = watchPuts(page)
  const shown = page.getByText(why).waitFor()
  await choose(page, recording)
  await transcribe(page)
  await shown
  await row(page, 'submitted').waitFor()
  expect(sent.map(spanOf).find((span) => span)?.total).toBe(statSync(recording).size)
}

test.each([
  ['throws', 'throw new Error("broken")'],
  ['does not load', null],
])('when the worker that takes the sound out %s, the whole file is sent', async (_, body) => {
  const { page, context } = await openPage(browser, edition.url, { serviceWorkers: 'block' }) // it would answer first
  await page.route(/extract\.worker.*\.js$/, (route) =>
    body === null ? route.abort() : route.fulfill({ body, contentType: 'text/javascript' }),
  )
  await expectWhole(page, sampleVideo('stubborn.mp4'), 'The sound could not be taken out here, so the whole file is uploaded.')
  await context.close()
})

test('without private files, as on a page over plain HTTP, the whole file is sent', async () => {
  const { page, context, complaints } = await openPage(browser, edition.url)
  await page.addInitScript(() => Reflect.deleteProperty(StorageManager.prototype, 'getDirectory'))
  await page.reload()
  await expectWhole(page, sampleVideo('plain.mp4'), 'The sound could not be taken out here, so the whole file is uploaded.')
  expect(complaints).toEqual([])
  await context.close()
})

test('without room for the sound the whole file is sent', async () => {
  const { page, context, complaints } = await openPage(browser, edition.url)
  const devtools = await context.newCDPSession(page)
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(edition.url).origin, quotaSize: 100_000 })
  await expectWhole(page, video('full.mov', 20, 9), 'This browser has no room for the sound alone, so the whole file is uploaded.')
  await devtools.send('Storage.overrideQuotaForOrigin', { origin: new URL(edition.url).origin }) // as it was: looking takes room
  expect(await extractsOf(page)).toEqual([])
  expect(complaints).toEqual([])
  await context.close()
})

test('the same video again is not sent again', async () => {
  const recording = video('again.mov', 8, 6)
  const { page, context, complaints } = await openPage(browser, edition.url)
  await choose(page, recording)
  await transcribe(page)
  await card(page, 'completed').waitFor({ timeout: 120_000 })
  const [first] = await jobsOf(page)
  await page.reload()
  const sent = watchPuts(page)
  await choose(page, recording)
  await transcribe(page)
  await row(page, 'submitted').getByText(/^Already transcribed on /).waitFor()
  expect(sent).toEqual([])
  const [second] = (await jobsOf(page)).filter((id) => id !== first)
  expect(second).toBeDefined()
  const href = await page.getByRole('link', { name: 'Open result: again.mov' }).getAttribute('href')
  expect(href).toBe(`/jobs/${second ?? ''}`)
  const asked = watchRequests(page)
  await page.getByRole('button', { name: 'Transcribe again: again.mov' }).click()
  await expect.poll(() => asked.filter((line) => line.startsWith('PUT')).length).toBeGreaterThan(0)
  await row(page, 'submitted').getByText('Completed').waitFor({ timeout: 120_000 })
  const [third] = (await jobsOf(page)).filter((id) => id !== first && id !== second)
  expect(await page.locator(`article[data-job="${third ?? ''}"]`).getByText('Result from').count()).toBe(0)
  expect(complaints).toEqual([])
  await context.close()
})

test('an upload that turns out to be in vain is given up', async () => {
  const shaper = await new Shaper(new URL(edition.url)).start()
  const recording = quietRecording('late.wav', 200, 7)
  const { page, context, complaints } = await openPage(browser, shaper.url, { serviceWorkers: 'block' })
  await choose(page, recording)
  await transcribe(page)
  await card(page, 'completed').waitFor({ timeout: 120_000 })
  await page.reload()
  const [first] = await jobsOf(page)
  // A hash that takes longer than people want to wait.
  let letGo = (): void => undefined
  const held = new Promise<void>((resolve) => (letGo = resolve))
  await page.route(/hash\.worker.*\.js$/, async (route) => {
    await held
    await route.continue()
  })
  shaper.cut() // lines that have carried the first one would stall at once
  shaper.limitBytes = STALL_BYTES
  await choose(page, recording)
  await transcribe(page)
  await shaper.waitForStall()
  const inVain = (await jobsOf(page)).find((id) => id !== first)
  expect(inVain).toBeDefined()
  shaper.cut() // what has stalled goes on, and the line is free for the question
  shaper.limitBytes = STALL_BYTES / 3
  letGo()
  await row(page, 'submitted').getByText(/^Already transcribed on /).waitFor()
  await expect.poll(async () => (await jobsOf(page)).includes(inVain ?? '')).toBe(false)
  expect(await jobsOf(page)).toHaveLength(2)
  expect(complaints).toEqual([])
  await context.close()
  await shaper.stop()
})

test('FFmpeg takes the sound out of what the first way cannot read, for those who ask for it', async () => {
  const shaper = await new Shaper(new URL(edition.url)).start()
  const recording = video('old.avi', 60, 8, undefined, false)
  const { page, context, complaints } = await openPage(browser, shaper.url)
  const asked = watchRequests(page)
  const sent = watchPuts(page)
  shaper.limitBytes = STALL_BYTES / 3
  await choose(page, recording)
  await transcribe(page)
  await shaper.waitForStall()
  await page.getByText('The sound of this kind of file cannot be taken out here').waitFor()
  expect(asked.filter((line) => line.includes('ffmpeg'))).toEqual([])
  await page.getByRole('button', { name: 'Try another way: old.avi' }).click()
  await page.getByText('GNU General Public License').waitFor()
  await expectAccessible(page, 'another way')
  shaper.limitBytes = Infinity // for new lines: that of the whole file stays where it is
  sent.length = 0
  await page.getByRole('button', { name: 'Load FFmpeg and try' }).click()
  await row(page, 'submitted').waitFor()
  const total = sent.map(spanOf).find((span) => span)?.total ?? 0
  expect(total).toBeGreaterThan(0)
  expect(streamsOf(filesUnder(edition.home, total)[0] ?? '')).toEqual(['audio'])
  await card(page, 'completed').waitFor({ timeout: 120_000 })
  await expect.poll(() => jobsOf(page)).toHaveLength(1)
  expect(complaints).toEqual([])
  await context.close()
  await shaper.stop()
})

test('what no upload needs is swept away', async () => {
  const { page, context } = await openPage(browser, `${edition.url}/icon.svg`) // nothing runs there that would sweep
  await page.evaluate(async () => {
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('uploads', { create: true })
    await folder.getFileHandle('0123456789abcdef0123456789abcdef', { create: true })
  })
  expect(await extractsOf(page)).toHaveLength(1)
  await page.goto(edition.url)
  await expect.poll(() => extractsOf(page)).toEqual([])
  await context.close()
})
