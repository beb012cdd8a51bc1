/** A text that is there already comes with its recording: from a file or pasted, and what became of it is told. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { scriptDe } from '@/i18n/de/script.ts'
import { errorsDe } from '@/i18n/errors.de.ts'
import { de } from '@/i18n/de.ts'
import { expectAccessible, openPage } from './browser.ts'
import { openPanel, saveAs } from './download_panel.ts'
import { SAMPLE } from './edition.ts'
import { focusedName, tabTo } from './keyboard.ts'
import { opened } from './opened.ts'
import { write } from './recordings.ts'
import { card, choose, row, transcribe } from './upload_page.ts'

const { edition, browser } = await opened()

/** What the model of the tests hears in the sample. */
const HEARD = [
  'Hello world this is a test of the transcription pipeline.',
  'Please upload the video file to the cloud storage bucket.',
  'The worker will read the audio and write the text.',
  'The quick brown fox jumps over the lazy dog.',
  'One two three four five six seven eight nine ten.',
]
const UNSAID = 'Not one of these fine words was ever spoken.'
const LEFT_OUT = /^Good morning and welcome to the meeting\./

const dialog = (page: Page) => page.getByRole('dialog', { name: 'The text of sample.mp4' })
const openText = (page: Page): Promise<void> => page.getByRole('button', { name: 'Add its text…: sample.mp4' }).click()
const note = (page: Page) => page.getByRole('region', { name: 'Your text and the sound' })

test('a manuscript from a file, in the letters of old Windows, takes the place of what is heard', async () => {
  const { page, context } = await openPage(browser, edition.url, { acceptDownloads: true })
  await choose(page, SAMPLE)
  await row(page, 'ready').waitFor()
  await openText(page)
  const script = [...HEARD, UNSAID].join(' ').replace('cloud', 'clöud').replace('quick', '\u201EQUICK')
  await dialog(page).locator('input[type=file]').setInputFiles(write('talk.txt', Buffer.from(script.replace('\u201E', '\x84'), 'latin1')))
  await expect.poll(() => dialog(page).getByRole('textbox').inputValue()).toBe(script)
  await expectAccessible(page, 'the text of a recording')
  await dialog(page).getByRole('button', { name: 'Use this text' }).click()
  await row(page, 'ready').getByText('With its text: talk.txt').waitFor()
  await transcribe(page)
  await card(page, 'completed').waitFor({ timeout: 120_000 })
  await page.getByRole('link', { name: 'sample.mp4', exact: true }).click()
  await note(page).getByText(/^\d+ of \d+ words of your text were found in the sound\./).waitFor()
  await note(page).getByText(/^Never said, as far as could be heard: \d+ words$/).click()
  await note(page).getByText(new RegExp(`${UNSAID}$`)).waitFor()
  await note(page).getByText(/^Said, and not in your text: 0:\d\d$/).click()
  await note(page).getByText(LEFT_OUT).waitFor()
  await expectAccessible(page, 'what became of a text')
  await note(page).getByRole('listitem').filter({ has: page.getByText(LEFT_OUT) }).getByRole('button').click()
  await expect.poll(() => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0)).toBeGreaterThan(10)
  const plain = readFileSync(await (await saveAs(await openPanel(page, 'sample.mp4'), 'Plain text')).path(), 'utf8')
  expect(plain).toContain('The \u201EQUICK brown fox')
  expect(plain.includes('Good morning')).toBe(false)
  await context.close()
})

test('by keyboard: pasted, changed, left out again; what holds no word is not taken', async () => {
  const { page, context } = await openPage(browser, edition.url)
  await choose(page, SAMPLE)
  await row(page, 'ready').waitFor()
  await tabTo(page, 'Add its text…: sample.mp4')
  await page.keyboard.press('Enter')
  await dialog(page).waitFor()
  await tabTo(page, 'or paste it here')
  await page.keyboard.insertText(' … ')
  await tabTo(page, 'Use this text')
  await page.keyboard.press('Enter')
  await dialog(page).getByText('There is no word in it.').waitFor()
  await tabTo(page, 'or paste it here', 'Shift+Tab')
  await page.keyboard.insertText(HEARD.join(' '))
  await tabTo(page, 'Use this text')
  await page.keyboard.press('Enter')
  await row(page, 'ready').getByText('With its text: pasted').waitFor()
  await expect.poll(() => focusedName(page)).toBe('Add its text…: sample.mp4')
  await page.keyboard.press('Enter')
  expect(await dialog(page).getByRole('textbox').inputValue()).toContain(HEARD.join(' '))
  await tabTo(page, 'Without a text')
  await page.keyboard.press('Enter')
  await dialog(page).waitFor({ state: 'detached' })
  expect(await row(page, 'ready').getByText('With its text').count()).toBe(0)
  await context.close()
})

test('the text survives a reload in the middle, and one of another recording is refused by name, in German, on a phone', async () => {
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, locale: 'de-DE' }
  const { page, context } = await openPage(browser, edition.url, phone)
  await page.getByLabel(de.upload.choose, { exact: true }).setInputFiles(SAMPLE)
  await page.getByRole('button', { name: de.upload.ofFile(de.upload.script, 'sample.mp4') }).tap()
  const asked = page.getByRole('dialog', { name: scriptDe.title('sample.mp4') })
  await asked.getByRole('textbox').fill('Zwölf Boxkämpfer jagen Viktor quer über den großen Sylter Deich. Falsches Üben von Xylophonmusik quält jeden größeren Zwerg.')
  await expectAccessible(page, 'the text of a recording, German, phone')
  await asked.getByRole('button', { name: scriptDe.use }).tap()
  await page.getByText(de.upload.withScript(scriptDe.pasted)).waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  await context.route('**/api/jobs/submit', (route) => route.abort())
  await page.getByRole('button', { name: de.upload.start(1), exact: true }).tap()
  await row(page, 'waiting').waitFor()
  await context.unroute('**/api/jobs/submit')
  const submitted = page.waitForRequest('**/api/jobs/submit')
  await page.reload()
  expect((await submitted).postData()).toContain('Xylophonmusik')
  await row(page, 'submitted').getByText(errorsDe.script_elsewhere).waitFor({ timeout: 120_000 })
  await row(page, 'submitted').getByText(de.upload.withScript(scriptDe.pasted)).waitFor()
  await context.close()
})
