/** A talk with errors in it, corrected by keyboard alone. Whoever corrects hears what was said and sees the screen: the text,
 *  what of it is selected, when its paragraph begins, and how many words are in doubt. AISUBS_TALK_MINUTES and
 *  AISUBS_TALK_ERRORS make the talk longer; `make bench-corrections` takes 45 minutes with 60 errors. */
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { PYTHON, REPOSITORY } from './edition.ts'
import { JobApi, rows, saved, type Shown, textOf } from './editor_page.ts'
import { KeptJobs } from './kept_jobs.ts'
import { opened } from './opened.ts'
import { write } from './recordings.ts'

const MEETING = join(REPOSITORY, 'tests', 'toy_model', 'samples', 'meeting.opus')
const MINUTES = Number(process.env['AISUBS_TALK_MINUTES'] ?? 5)
const ERRORS = Number(process.env['AISUBS_TALK_ERRORS'] ?? 12)
/** Beside so many errors there is one word that is in doubt and right. */
const RIGHT_EVERY = 4
const GOAL = 6

const { edition, browser } = await opened({ STALE_AFTER_S: '300' })
let kept: KeptJobs
let api: JobApi
/** What was said: the text before errors are put into it. */
let said: Shown

beforeAll(async () => {
  const speech = write('talk.wav', '')
  const seconds = Number(execFileSync(PYTHON, ['-c', `import av; print(av.open(${JSON.stringify(MEETING)}).duration / 1e6)`], { encoding: 'utf8' }))
  execFileSync(PYTHON, [join(REPOSITORY, 'tests', 'browser', 'viewer_speech.py'), speech, MEETING, String(Math.ceil((MINUTES * 60) / seconds))])
  kept = await KeptJobs.make(browser, edition.url, { sample: speech })
  api = new JobApi(edition.url, kept)
  said = await api.transcript()
}, 900_000)

/** Every so many words one is another, or in doubt though it is right; nothing else is in doubt. */
async function plant(): Promise<void> {
  const words = said.paragraphs.flatMap(({ text }, paragraph) => text.split(' ').map((word, at) => ({ paragraph, at, word })))
  const fit = words.filter(({ word }) => /^[a-z]{4,}$/i.test(word) && reversed(word) !== word)
  const planted = ERRORS + Math.floor(ERRORS / RIGHT_EVERY)
  expect(fit.length).toBeGreaterThan(planted)
  const chosen = Array.from({ length: planted }, (_, at) => fit[Math.floor((at * fit.length) / planted)])
  const texts = said.paragraphs.map(({ text }) => text.split(' '))
  const conf = texts.map((line) => line.map(() => 95))
  chosen.forEach((place, number) => {
    if (!place) return
    conf[place.paragraph]?.splice(place.at, 1, 20)
    const isRight = number % (RIGHT_EVERY + 1) === RIGHT_EVERY
    if (!isRight) texts[place.paragraph]?.splice(place.at, 1, reversed(place.word))
  })
  const insert = said.paragraphs.map((paragraph, at) => ({ ...paragraph, text: texts[at]?.join(' ') ?? '', conf: conf[at] }))
  await api.save([{ op: 'splice', remove: said.paragraphs.map(({ id }) => id), before: null, insert }])
}

const reversed = (word: string): string => [...word].reverse().join('')

interface Seen {
  /** When the paragraph begins, as it is shown. */
  time: string
  /** How many words of it stand before what is selected. */
  before: number
  selected: string
}

const seen = (page: Page): Promise<Seen | null> =>
  page.evaluate(() => {
    const selection = document.getSelection()
    const field = document.querySelector('[data-writing]')
    const range = selection && selection.rangeCount > 0 ? selection.getRangeAt(0) : null
    if (!field || !range || !field.contains(range.startContainer)) return null
    const before = document.createRange()
    before.selectNodeContents(field)
    before.setEnd(range.startContainer, range.startOffset)
    const words = before.toString().trim()
    const time = field.closest('[data-row]')?.querySelector('button')?.textContent.trim().split(' ')[0] ?? ''
    return { time, before: words === '' ? 0 : words.split(/\s+/).length, selected: range.toString() }
  })

const clock = (ms: number): string => `${Math.floor(ms / 60_000)}:${String(Math.floor(ms / 1000) % 60).padStart(2, '0')}`

/** What is heard where that word stands. */
function heard({ time, before }: Seen): string {
  const paragraph = said.paragraphs.find(({ starts }) => clock(starts[0] ?? 0) === time)
  return paragraph?.text.split(' ')[before] ?? ''
}

test(`${MINUTES} minutes with ${ERRORS} errors, by keyboard alone`, { timeout: 900_000 }, async () => {
  await plant()
  const { page, context, complaints } = await kept.open({}, `/jobs/${kept.completed.id}`)
  await rows(page).first().waitFor()
  await page.getByRole('group', { name: 'Edit', exact: true }).waitFor()
  let keys = 0
  const press = async (stroke: string): Promise<void> => {
    keys += stroke.split('+').length
    await page.keyboard.press(stroke)
  }
  const inDoubt = page.getByText(/^\d+ doubtful words?$/)
  await press('n')
  await press('e')
  let corrected = 0
  for (let last = ''; (await inDoubt.count()) > 0; ) {
    await expect.poll(async () => JSON.stringify(await seen(page)) === last).toBe(false)
    const place = await seen(page)
    if (!place) throw new Error('nothing is selected')
    const word = heard(place)
    if (place.selected === word) await press('Alt+r')
    else {
      await page.keyboard.type(word)
      corrected += 1
      if ((await inDoubt.count()) > 0) await press('Alt+n')
    }
    last = JSON.stringify(place)
  }
  await press('Control+s')
  await saved(page)
  expect(textOf(await api.transcript())).toBe(textOf(said))
  expect(corrected).toBe(ERRORS)
  const each = keys / corrected
  console.log(`${corrected} corrections in ${MINUTES} minutes of talk: ${keys} keys beside the typed letters, ${each.toFixed(2)} for each`)
  expect(each).toBeLessThanOrEqual(GOAL)
  expect(complaints).toEqual([])
  await context.close()
})
