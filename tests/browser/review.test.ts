/** Reviewing by keyboard: from doubt to doubt, from a clicked word into the text, and nothing typed is lost. */
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import type { Watched } from './browser.ts'
import { field, JobApi, rows, saved, texts } from './editor_page.ts'
import { KeptJobs } from './kept_jobs.ts'
import { openedText } from './opened.ts'
import { quietRecording } from './recordings.ts'

const DOUBTED = [1, 3]

const { edition, browser, kept, api, machine } = await openedText()

/** The text, with two words of its first paragraph in doubt. */
async function openDoubtful(): Promise<Watched> {
  const watched = await kept.open({}, '/')
  const { page } = watched
  await page.route(`**/api/jobs/${kept.completed.id}/transcript*`, async (route) => {
    if (route.request().method() !== 'GET') return route.continue()
    const response = await route.fetch()
    const body = (await response.json()) as { paragraphs: { conf: number[] }[] }
    body.paragraphs.forEach(({ conf }, at) => conf.forEach((_, word) => (conf[word] = at === 0 && DOUBTED.includes(word) ? 20 : 99)))
    await route.fulfill({ response, json: body })
  })
  await page.goto(new URL(`/jobs/${kept.completed.id}`, edition.url).href)
  await rows(page).first().waitFor()
  await page.getByRole('group', { name: 'Edit', exact: true }).waitFor()
  return watched
}

const words = (): string[] => (machine().paragraphs[0]?.text ?? '').split(' ')
const selected = (page: Page): Promise<string> => page.evaluate(() => document.getSelection()?.toString() ?? '')
const doubtsMarked = (page: Page): Promise<number> => page.evaluate(() => CSS.highlights.get('doubtful')?.size ?? 0)

async function clickWord(page: Page, word: number): Promise<void> {
  const from = words().slice(0, word).join(' ').length + (word > 0 ? 1 : 0)
  const box = await texts(page)
    .first()
    .evaluate((paragraph, at) => {
      const range = document.createRange()
      range.setStart(paragraph.firstChild as Text, at)
      range.setEnd(paragraph.firstChild as Text, at + 1)
      const { left, top, height } = range.getBoundingClientRect()
      return { left, top, height }
    }, from)
  await page.mouse.click(box.left + 1, box.top + box.height / 2)
}

test('a clicked word is gone to, and E writes at it', async () => {
  const { page, context, complaints } = await openDoubtful()
  await page.waitForFunction(() => (document.querySelector('video, audio') as HTMLMediaElement | null)?.readyState === 4)
  await clickWord(page, 2)
  const starts = machine().paragraphs[0]?.starts ?? []
  await expect.poll(() => page.evaluate(() => Math.round((document.querySelector('video, audio') as HTMLMediaElement).currentTime * 1000))).toBe(starts[2])
  await page.keyboard.press('e')
  await field(page).waitFor()
  await page.keyboard.type('really ')
  const expected = words().toSpliced(2, 0, 'really').join(' ')
  expect(await field(page).innerText()).toBe(expected)
  await saved(page)
  expect((await api.transcript()).paragraphs[0]?.text).toBe(expected)
  expect(complaints).toEqual([])
  await context.close()
})

test('N goes to a doubt and plays it, E selects it, and what is typed takes its place', async () => {
  const { page, context, complaints } = await openDoubtful()
  await page.waitForFunction(() => (document.querySelector('video, audio') as HTMLMediaElement | null)?.readyState === 4)
  await expect.poll(() => doubtsMarked(page)).toBe(DOUBTED.length)
  const paused = (): Promise<boolean> => page.evaluate(() => (document.querySelector('video, audio') as HTMLMediaElement).paused)
  await page.keyboard.press('n')
  await expect.poll(paused).toBe(false)
  await expect.poll(paused, { timeout: 20_000 }).toBe(true) // it was only to be heard
  await page.keyboard.press('e')
  await field(page).waitFor()
  expect(await selected(page)).toBe(words()[1])
  // The other doubt is still marked while one writes here.
  await expect.poll(() => doubtsMarked(page)).toBe(DOUBTED.length)
  await page.keyboard.type('first')
  await page.keyboard.press('Alt+n')
  expect(await selected(page)).toBe(words()[3])
  await page.keyboard.type('second')
  const expected = words().with(1, 'first').with(3, 'second').join(' ')
  expect(await field(page).innerText()).toBe(expected)
  await saved(page)
  expect((await api.transcript()).paragraphs[0]?.text).toBe(expected)
  expect(complaints).toEqual([])
  await context.close()
})

test('a word that is found is written over, and Split cuts no word', async () => {
  const { page, context, complaints } = await openDoubtful()
  const word = words()[2] ?? ''
  await page.getByRole('searchbox', { name: 'Search in the text' }).fill(`${words()[1]} ${word}`)
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await field(page).waitFor()
  expect(await selected(page)).toBe(`${words()[1]} ${word}`)
  const inside = words().slice(0, 3).join(' ').length - 1
  await field(page).evaluate((element, at) => document.getSelection()?.collapse(element.firstChild, at), inside)
  await page.getByRole('button', { name: 'Split here', exact: true }).click()
  await expect.poll(() => texts(page).first().innerText()).toBe(words().slice(0, 3).join(' '))
  expect(complaints).toEqual([])
  await context.close()
})

test('where no speech was found, a person types the text', async () => {
  const quiet = await KeptJobs.make(browser, edition.url, { sample: quietRecording('quiet.wav', 8) })
  const { page, context, complaints } = await quiet.open({}, `/jobs/${quiet.completed.id}`)
  await page.getByRole('button', { name: 'Type the text' }).click()
  await field(page).waitFor()
  await page.keyboard.type('Only the wind.')
  await saved(page)
  const [paragraph] = (await new JobApi(edition.url, quiet).transcript()).paragraphs
  expect(paragraph?.text).toBe('Only the wind.')
  expect(paragraph?.starts.every((start) => start < 8000)).toBe(true)
  expect(complaints).toEqual([])
  await context.close()
})
