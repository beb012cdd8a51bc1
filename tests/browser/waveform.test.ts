/** Captions timed by what is seen of the sound: edges dragged in real Chromium, and read back from the file that people download. */
import type { CDPSession, Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { expectAccessible, type Watched } from './browser.ts'
import { pressOut, saved } from './editor_page.ts'
import { KeptJobs } from './kept_jobs.ts'
import { openedText } from './opened.ts'

const { kept, api, machine } = await openedText()
/** Of a lane that has just been opened; its left end is the beginning. */
const MS_PER_PX = 12

const lane = (page: Page): Locator => page.getByRole('slider', { name: /^(Waveform|Wellenform)$/ })
const time = (clock: string): number => Math.round(clock.replace(',', '.').split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000)
const timesOf = async (): Promise<[number, number][]> =>
  [...(await api.srt()).matchAll(/^(\S+) --> (\S+)/gm)].map(([, from = '', to = '']) => [time(from), time(to)])

async function openLane(options: Parameters<KeptJobs['open']>[0] = {}): Promise<Watched> {
  const watched = await kept.open(options, `/jobs/${kept.completed.id}?view=captions`)
  await lane(watched.page).locator('canvas').waitFor()
  return watched
}

/** Where a time is on the screen, half way down the lane. */
async function at(page: Page, ms: number): Promise<[number, number]> {
  const box = await lane(page).locator('canvas').boundingBox()
  if (!box) throw new Error('no lane')
  return [box.x + ms / MS_PER_PX, box.y + box.height / 2]
}

async function dragged(page: Page, fromMs: number, toMs: number): Promise<void> {
  await page.mouse.move(...(await at(page, fromMs)))
  await page.mouse.down()
  await page.mouse.move(...(await at(page, (fromMs + toMs) / 2)))
  await page.mouse.move(...(await at(page, toMs)))
  await page.mouse.up()
}

async function settled(page: Page): Promise<void> {
  await saved(page)
  const { revision } = await api.transcript()
  await page.locator(`ol[data-revision="${revision}"]`).waitFor()
}

test('an edge that is dragged is the time in the file, and one step back', async () => {
  const { page, context, complaints } = await openLane()
  const before = await timesOf()
  const [from, to] = before[0] ?? [0, 0]
  await page.keyboard.down('Alt')
  await dragged(page, to, to - 25 * MS_PER_PX)
  await page.keyboard.up('Alt')
  await settled(page)
  const after = await timesOf()
  expect(after[0]?.[0]).toBe(from)
  expect(Math.abs((after[0]?.[1] ?? 0) - (to - 25 * MS_PER_PX))).toBeLessThanOrEqual(MS_PER_PX)
  expect(after.slice(1)).toEqual(before.slice(1))
  expect(await pressOut(page, 'Undo')).toBe(1)
  await settled(page)
  expect(await timesOf()).toEqual(before)
  expect(complaints).toEqual([])
  await context.close()
})

test('without Alt it holds where a word ends or the sound does', async () => {
  const { page, context } = await openLane()
  const [from, to] = (await timesOf())[0] ?? [0, 0]
  const ends = machine().paragraphs.flatMap(({ starts, durations }) => starts.map((start, word) => start + (durations[word] ?? 0)))
  const word = ends.findLast((end) => end > from + 500 && end < to - 300) ?? 0
  expect(word).toBeGreaterThan(0)
  const dropped = word + 3 * MS_PER_PX
  await dragged(page, to, dropped)
  await settled(page)
  const end = (await timesOf())[0]?.[1] ?? 0
  expect(Math.abs(end - dropped)).toBeLessThanOrEqual(4 * MS_PER_PX)
  expect(end === word || end % 16 === 0).toBe(true) // a frame of the peaks
  await context.close()
})

test('a click goes there, a drag beside the edges looks elsewhere, and a second click opens the caption', async () => {
  const { page, context } = await openLane()
  const [from, to] = (await timesOf())[1] ?? [0, 0]
  const middle = (from + to) / 2
  const place = (): Promise<number> => page.evaluate(() => (document.querySelector('video, audio') as HTMLMediaElement).currentTime * 1000)
  await page.mouse.click(...(await at(page, middle)))
  await expect.poll(async () => Math.abs((await place()) - middle) <= MS_PER_PX).toBe(true)
  await page.mouse.dblclick(...(await at(page, middle)))
  await page.getByRole('textbox', { name: 'Text of caption 2' }).waitFor()
  const head = lane(page).locator('.waveform-head')
  const left = async (): Promise<number> => (await head.boundingBox())?.x ?? Number.NaN
  const was = await left()
  await dragged(page, middle, middle - 60 * MS_PER_PX)
  await expect.poll(async () => Math.round(was - (await left()))).toBe(60)
  expect((await api.transcript()).revision).toBe(machine().revision)
  await context.close()
})

test('by keyboard it is gone along, zoomed, and the brackets set the times of the caption at the playhead', async () => {
  const { page, context } = await openLane()
  const [from, to] = (await timesOf())[1] ?? [0, 0]
  await page.mouse.click(...(await at(page, from + 200)))
  await lane(page).focus()
  const head = lane(page).locator('.waveform-head')
  const left = async (): Promise<number> => (await head.boundingBox())?.x ?? Number.NaN
  const began = await left()
  await page.keyboard.press('ArrowRight')
  await expect.poll(async () => Math.round((await left()) - began)).toBe(10)
  await page.keyboard.press('[')
  await settled(page)
  const after = (await timesOf())[1] ?? [0, 0]
  expect(Math.abs(after[0] - (from + 200 + 10 * MS_PER_PX))).toBeLessThanOrEqual(MS_PER_PX)
  expect(after[1]).toBe(to)
  await page.keyboard.press('+') // what is at the playhead stays where it is
  await page.keyboard.press('ArrowRight')
  await expect.poll(async () => Math.round((await left()) - began)).toBe(20)
  await page.keyboard.press('Control+z')
  await settled(page)
  expect((await timesOf())[1]).toEqual([from, to])
  await page.keyboard.press('e')
  await page.getByRole('textbox', { name: 'Text of caption 2' }).waitFor()
  await context.close()
})

async function touch(devtools: CDPSession, page: Page, places: number[]): Promise<void> {
  const [first = 0, ...rest] = places
  const point = async (ms: number) => {
    const [x, y] = await at(page, ms)
    return [{ x, y }]
  }
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchStart', touchPoints: await point(first) })
  for (const ms of rest) await devtools.send('Input.dispatchTouchEvent', { type: 'touchMove', touchPoints: await point(ms) })
  await devtools.send('Input.dispatchTouchEvent', { type: 'touchEnd', touchPoints: [] })
}

test.each(['light', 'dark'] as const)('on a phone, %s, a tap gives a caption handles that a finger can hold', async (colorScheme) => {
  const { page, context, complaints } = await openLane({ viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true, locale: 'de-DE', colorScheme })
  await expectAccessible(page, `waveform, ${colorScheme}`)
  const devtools = await context.newCDPSession(page)
  const before = await timesOf()
  const [from, to] = before[0] ?? [0, 0]
  // Beside the edge, where a finger lands: without handles the picture is moved.
  await touch(devtools, page, [(from + to) / 2])
  await touch(devtools, page, [from + 15 * MS_PER_PX, from + 20 * MS_PER_PX, from + 45 * MS_PER_PX])
  await settled(page)
  const after = await timesOf()
  expect(after[0]?.[0]).toBeGreaterThan(from + 15 * MS_PER_PX)
  expect(after[0]?.[1]).toBe(to)
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(wide).toBeLessThanOrEqual(0)
  expect(complaints).toEqual([])
  await context.close()
})

test('two fingers zoom into what lies between them, and seek nothing', async () => {
  const { page, context, complaints } = await openLane({ viewport: { width: 390, height: 800 }, hasTouch: true, isMobile: true })
  const devtools = await context.newCDPSession(page)
  const heardMs = (): Promise<number> => page.evaluate(() => Math.round((document.querySelector<HTMLMediaElement>('audio, video')?.currentTime ?? -1) * 1000))
  const fingers = async (type: 'touchStart' | 'touchMove' | 'touchEnd', ...places: number[]): Promise<void> => {
    const touchPoints = []
    for (const [id, px] of places.entries()) {
      const [x, y] = await at(page, px * MS_PER_PX)
      touchPoints.push({ x, y, id })
    }
    await devtools.send('Input.dispatchTouchEvent', { type, touchPoints })
  }
  await fingers('touchStart', 100)
  await fingers('touchStart', 100, 200)
  await fingers('touchMove', 80, 220)
  await fingers('touchMove', 50, 250)
  await fingers('touchEnd', 50)
  await fingers('touchMove', 90)
  await fingers('touchEnd')
  expect(await heardMs()).toBe(0)
  // Twice as large about the middle, where 1.8 s are: the left end is at 0.9 s.
  await fingers('touchStart', 300)
  await fingers('touchEnd')
  await expect.poll(heardMs).toBeGreaterThan(2600)
  expect(await heardMs()).toBeLessThan(2800)
  expect(complaints).toEqual([])
  await context.close()
})
