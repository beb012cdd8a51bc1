/** From a dropped video to its subtitles, and everything that may happen to an upload on its way. */
import { readFileSync, statSync } from 'node:fs'
import { expect, test } from 'vitest'
import { openPage } from './browser.ts'
import { Edition, SAMPLE } from './edition.ts'
import { opened } from './opened.ts'
import { hashesUnder, quietRecording, sha256 } from './recordings.ts'
import { Shaper } from './shaper.ts'
import { card, choose, row, transcribe, watchPuts, words } from './upload_page.ts'

const STALL_BYTES = 3_000_000

const { edition, browser } = await opened({ QUEUE_CAPACITY: '50' })

test('a video becomes an SRT', async () => {
  const { page, context, complaints } = await openPage(browser, edition.url)
  await choose(page, SAMPLE)
  await transcribe(page)
  await row(page, 'submitted').waitFor()
  await card(page, 'completed').waitFor({ timeout: 120_000 })
  await page.getByRole('button', { name: 'Download: sample.mp4' }).click()
  const srtItem = page.getByRole('button', { name: /^Subtitles, SRT/ })
  const [download] = await Promise.all([page.waitForEvent('download'), srtItem.click()])
  expect(download.suggestedFilename()).toBe('sample.srt')
  const srt = readFileSync(await download.path(), 'utf8')
  expect(srt).toMatch(/^1\r?\n00:00:\d\d,\d{3} --> 00:00:\d\d,\d{3}/)
  await card(page, 'completed').getByRole('link', { name: 'Open: sample.mp4' }).click()
  const paragraphs = page.getByRole('article', { name: 'Transcript' }).locator('p')
  await paragraphs.first().waitFor()
  const spoken = words((await paragraphs.allInnerTexts()).join(' '))
  expect(spoken.length).toBeGreaterThan(10)
  expect(words(srt.replace(/^\d+\r?\n.*-->.*$/gm, ''))).toEqual(spoken)
  expect(complaints).toEqual([])
  await context.close()
})

test('an upload goes on after a reload, with the same file and with no other', async () => {
  const shaper = await new Shaper(new URL(edition.url)).start()
  const recording = quietRecording('lecture.wav', 200, 2)
  const size = statSync(recording).size
  const { page, context, complaints } = await openPage(browser, shaper.url)
  shaper.limitBytes = STALL_BYTES
  await choose(page, recording)
  await transcribe(page)
  await shaper.waitForStall()
  page.on('dialog', (dialog) => void dialog.accept())
  await page.reload()
  shaper.cut() // not before: the page would go on at once by itself
  await row(page, 'needs-file').waitFor()

  const sent = watchPuts(page)
  const again = page.getByLabel('Choose file: lecture.wav').and(page.locator('input'))
  await again.setInputFiles(quietRecording('lecture.wav', 199, 2))
  await page.getByText('That is a different file (other size)').first().waitFor()
  await again.setInputFiles(quietRecording('lecture.wav', 200, 3))
  await page.getByText('That is a different file (other content)').first().waitFor()
  expect(sent).toEqual([])

  await again.setInputFiles(recording)
  await row(page, 'submitted').waitFor()
  expect(sent[0]).toBe(`bytes */${size}`)
  const first = sent.find((range) => /^bytes \d/.test(range)) ?? ''
  const offset = Number(/\d+/.exec(first)?.[0])
  expect(offset).toBeGreaterThan(0)
  expect(offset).toBeLessThan(size)
  await page.getByRole('button', { name: /^Jobs/ }).click()
  await card(page, 'completed').waitFor({ timeout: 120_000 })
  expect(await page.locator('article[data-job]').count()).toBe(1)
  expect(hashesUnder(edition.home, size)).toContain(sha256(recording))
  expect(complaints).toEqual([])
  await context.close()
  await shaper.stop()
})

test('an upload outlives the server', async () => {
  const mortal = await new Edition().start()
  const shaper = await new Shaper(new URL(mortal.url)).start()
  const recording = quietRecording('concert.wav', 200, 4)
  const { page, context } = await openPage(browser, shaper.url)
  try {
    shaper.limitBytes = STALL_BYTES
    await choose(page, recording)
    await transcribe(page)
    await shaper.waitForStall()
    await mortal.kill()
    shaper.cut()
    await row(page, 'waiting').waitFor()
    await row(page, 'waiting').getByText(/^The server does not answer\. Trying again in /).waitFor()
    await page.getByText('The server does not answer - data may be stale').first().waitFor()
    await mortal.start()
    await row(page, 'submitted').waitFor({ timeout: 90_000 })
    await card(page, 'completed').waitFor({ timeout: 120_000 })
    expect(hashesUnder(mortal.home, statSync(recording).size)).toContain(sha256(recording))
  } finally {
    await context.close()
    await shaper.stop()
    await mortal.stop()
  }
})

test('pausing stops the bytes, resuming goes on', async () => {
  const shaper = await new Shaper(new URL(edition.url)).start()
  const { page, context, complaints } = await openPage(browser, shaper.url)
  shaper.limitBytes = STALL_BYTES
  await choose(page, quietRecording('radio.wav', 200, 5))
  await transcribe(page)
  await shaper.waitForStall()
  await page.getByRole('button', { name: 'Pause: radio.wav' }).click()
  await row(page, 'paused').waitFor()
  shaper.cut()
  await page.getByRole('button', { name: 'Resume: radio.wav' }).click()
  await row(page, 'submitted').waitFor()
  expect(complaints).toEqual([])
  await context.close()
  await shaper.stop()
})

test('cancelling takes the job away', async () => {
  const shaper = await new Shaper(new URL(edition.url)).start()
  const { page, context } = await openPage(browser, shaper.url)
  shaper.limitBytes = STALL_BYTES
  await choose(page, quietRecording('mistake.wav', 200, 6))
  await transcribe(page)
  await shaper.waitForStall()
  await card(page, 'uploading').waitFor()
  await page.getByRole('button', { name: 'Cancel: mistake.wav' }).first().click()
  await row(page, 'sending').waitFor({ state: 'detached' })
  await page.getByText('Nothing yet. Your jobs appear here').waitFor()
  await context.close()
  await shaper.stop()
})

test('files may be dropped anywhere on the page', async () => {
  const { page, context, complaints } = await openPage(browser, edition.url)
  const transfer = await page.evaluateHandle(() => {
    const made = new DataTransfer()
    made.items.add(new File([new Uint8Array(1000)], 'one.mp3'))
    made.items.add(new File(['text'], 'two.txt'))
    return made
  })
  await page.dispatchEvent('header', 'dragover', { dataTransfer: transfer })
  await page.getByText('Drop to transcribe').waitFor()
  await page.dispatchEvent('header', 'drop', { dataTransfer: transfer })
  await row(page, 'ready').getByText('one.mp3').waitFor()
  await row(page, 'rejected').getByText('two.txt', { exact: true }).waitFor()
  expect(complaints).toEqual([])
  await context.close()
})
