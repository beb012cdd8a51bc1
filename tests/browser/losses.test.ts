/** What the machine could not make out is told on the card and above the text. */
import { execFileSync } from 'node:child_process'
import { expect, test } from 'vitest'
import { expectAccessible, openPage } from './browser.ts'
import { PYTHON, REPOSITORY } from './edition.ts'
import { opened } from './opened.ts'
import { quietRecording, write } from './recordings.ts'
import { card, choose, transcribe } from './upload_page.ts'

const { edition, browser } = await opened()

/** Two thirds of the file of 30 s of speech, whose header promises all of it. */
function cutRecording(name: string): string {
  const path = write(name, '')
  const make = [
    'import sys; from pathlib import Path; from tests.speech import long_recording, write_audio',
    'path = write_audio(long_recording(30, seed=9).samples(), Path(sys.argv[1]))',
    'path.write_bytes(path.read_bytes()[: path.stat().st_size * 2 // 3])',
  ].join('\n')
  execFileSync(PYTHON, ['-c', make, path], { env: { ...process.env, PYTHONPATH: REPOSITORY } })
  return path
}

test('a recording that is cut says where, on its card and above its text', async () => {
  const { page, context } = await openPage(browser, edition.url)
  await choose(page, cutRecording('cut.flac'))
  await transcribe(page)
  const line = /The file ends at 0:(1\d|2[01]), before its recording does\./
  await card(page, 'completed').locator('[data-losses]').getByText(line).waitFor({ timeout: 120_000 })
  await page.getByRole('link', { name: 'cut.flac', exact: true }).click()
  await page.getByRole('note').getByText(line).waitFor()
  await expectAccessible(page, 'the viewer of a cut recording')
  await context.close()
})

test('a recording in which nobody speaks says so', async () => {
  const { page, context } = await openPage(browser, edition.url)
  await choose(page, quietRecording('quiet.wav', 20))
  await transcribe(page)
  await card(page, 'completed').getByText('No speech was found in this recording.').waitFor({ timeout: 120_000 })
  await page.getByRole('link', { name: 'quiet.wav', exact: true }).click()
  await page.getByText('No speech was found in this recording.').waitFor()
  expect(await page.getByRole('note').count()).toBe(0)
  await context.close()
})
