/** Captions by hand: in real Chromium, saved by a real edition, and read back from the file that people download. */
import type { Locator, Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { expectAccessible, type Watched } from './browser.ts'
import { contentOf, pressOut, saved } from './editor_page.ts'
import { KeptJobs } from './kept_jobs.ts'
import { openedText } from './opened.ts'

const { kept, api, machine } = await openedText()

const cue = (page: Page, number: number): Locator => page.locator(`[data-cue="${number - 1}"]`)
const text = (page: Page): Locator => page.getByRole('textbox', { name: /^(Text of caption|Text von Untertitel) \d+$/ })
const shown = async (page: Page): Promise<string[]> => page.locator('.cue p').allTextContents()

interface Block {
  from: string
  to: string
  text: string
}
const blocks = async (): Promise<Block[]> =>
  (await api.srt())
    .replaceAll('\r', '')
    .trim()
    .split('\n\n')
    .map((block) => {
      const [, times = '', ...lines] = block.split('\n')
      const [from = '', to = ''] = times.split(' --> ')
      return { from, to, text: lines.join('\n') }
    })
const times = ({ from, to }: Block): string => `${from} ${to}`
const flat = (line: string): string => line.replaceAll('\n', ' ')

async function openCaptions(options: Parameters<KeptJobs['open']>[0] = {}): Promise<Watched> {
  const watched = await kept.open(options, `/jobs/${kept.completed.id}?view=captions`)
  await watched.page.locator('.cue').first().waitFor()
  await watched.page.getByRole('group', { name: /^(Add at the playhead|An der Abspielstelle einfügen)$/ }).waitFor()
  return watched
}

/** Opens a caption by keyboard alone, its text in the focus. */
async function write(page: Page, number: number): Promise<void> {
  await cue(page, number).getByRole('button', { name: /^(Play from|Ab) / }).focus()
  await page.keyboard.press('e')
  await expect.poll(() => text(page).evaluate((field) => field === document.activeElement)).toBe(true)
}

/** What was done is in the server's captions, and these are shown. */
async function settled(page: Page): Promise<void> {
  await saved(page)
  const { revision } = await api.transcript()
  await page.locator(`ol[data-revision="${revision}"]`).waitFor()
}

test('a caption is written in, broken, parted and joined by keyboard, and all of it can be undone', async () => {
  const { page, context, complaints } = await openCaptions()
  const before = await blocks()
  const untouched = await shown(page)
  await write(page, 1)
  await page.keyboard.type('Certainly ')
  await settled(page)
  expect(flat((await blocks())[0]?.text ?? '')).toMatch(/^Certainly /)

  await write(page, 2)
  const words = flat((await blocks())[1]?.text ?? '').split(' ')
  await page.keyboard.press('Control+Home')
  for (let at = 0; at < `${words[0]} ${words[1]}`.length; at += 1) await page.keyboard.press('ArrowRight')
  await page.keyboard.press('Enter')
  await settled(page)
  expect((await blocks())[1]?.text).toBe(`${words[0]} ${words[1]}\n${words.slice(2).join(' ')}`)
  expect(await text(page).inputValue()).toBe((await blocks())[1]?.text)
  await page.keyboard.press('Control+Enter')
  await settled(page)
  const parted = await blocks()
  expect([parted[1]?.text, flat(parted[2]?.text ?? '')]).toEqual([`${words[0]} ${words[1]}`, words.slice(2).join(' ')])
  expect(await text(page).getAttribute('aria-label')).toBe('Text of caption 3') // one goes on in the second
  await page.keyboard.press('Backspace')
  await settled(page)
  expect(flat((await blocks())[1]?.text ?? '')).toBe(words.join(' '))
  await page.keyboard.type('X')
  await settled(page)
  expect(flat((await blocks())[1]?.text ?? '')).toBe(`${words[0]} ${words[1]}X ${words.slice(2).join(' ')}`)

  await page.keyboard.press('Escape')
  await pressOut(page, 'Undo')
  await settled(page)
  expect(await blocks()).toEqual(before)
  expect(contentOf(await api.transcript())).toEqual(contentOf(machine()))
  await expect.poll(() => shown(page)).toEqual(untouched)
  await pressOut(page, 'Redo')
  await settled(page)
  expect(flat((await blocks())[1]?.text ?? '')).toBe(`${words[0]} ${words[1]}X ${words.slice(2).join(' ')}`)
  expect(complaints).toEqual([])
  await context.close()
})

test('times are fields, taken from the playhead, moved by a frame, shifted from here on, and let go again', async () => {
  const { page, context, complaints } = await openCaptions()
  const before = await blocks()
  await write(page, 2)
  const start = cue(page, 2).getByRole('textbox', { name: 'In', exact: true })
  const end = cue(page, 2).getByRole('textbox', { name: 'Out', exact: true })
  const [from, to] = [await start.inputValue(), await end.inputValue()]
  await page.keyboard.press('Shift+Tab')
  expect(await end.evaluate((field) => field === document.activeElement)).toBe(true)
  await page.keyboard.press('Alt+ArrowLeft')
  await settled(page)
  const ms = (clock: string): number => clock.replace(',', '.').split(':').reduce((sum, part) => sum * 60 + Number(part), 0) * 1000
  expect(Math.round(ms((await blocks())[1]?.to ?? ''))).toBe(Math.round(ms(to)) - 40)
  await end.fill('nonsense')
  await end.press('Enter')
  expect((await end.inputValue()) === 'nonsense').toBe(false)
  await page.evaluate((at) => ((document.querySelector('video, audio') as HTMLMediaElement).currentTime = at), (ms(from) + 120) / 1000)
  await cue(page, 2).getByRole('textbox', { name: /^Text/ }).focus()
  await page.keyboard.press('Alt+[')
  await settled(page)
  expect(Math.abs(ms((await blocks())[1]?.from ?? '') - ms(from) - 120)).toBeLessThanOrEqual(1)
  await cue(page, 2).getByRole('button', { name: 'Let it flow again' }).click()
  await settled(page)
  expect((await blocks()).map(times)).toEqual(before.map(times))

  await cue(page, 2).getByRole('button', { name: 'Shift from here…' }).click()
  await page.getByLabel('Seconds (minus: earlier)').fill('-0,2')
  await page.getByRole('button', { name: 'Shift', exact: true }).click()
  await settled(page)
  const shifted = await blocks()
  expect(times(shifted[0] as Block).slice(0, 12)).toBe(before[0]?.from)
  expect(Math.round(ms(shifted.at(-1)?.from ?? ''))).toBe(Math.round(ms(before.at(-1)?.from ?? '')) - 200)
  await pressOut(page, 'Undo')
  await settled(page)
  expect(await blocks()).toEqual(before)
  expect(complaints).toEqual([])
  await context.close()
})

test('a sound, italics and a place, in the file as on the screen; what cannot be is told and can be had as it is shown', async () => {
  const { page, context, complaints } = await openCaptions()
  const before = await blocks()
  await page.evaluate(() => ((document.querySelector('video, audio') as HTMLMediaElement).currentTime = 1))
  await page.getByRole('button', { name: '[Sound]', exact: true }).click()
  await page.keyboard.type('door slams')
  await page.keyboard.press('Escape')
  await settled(page)
  const sound = (await blocks()).find((block) => block.text === '[door slams]')
  expect(sound?.from).toBe('00:00:01,000')
  await page.locator('.cue', { hasText: '[door slams]' }).getByText('[door slams]').click()
  const asShown = page.getByRole('button', { name: 'Set as shown' })
  if ((await asShown.count()) > 0) {
    await asShown.first().click()
    await settled(page)
    await expect.poll(() => asShown.count()).toBe(0)
  }
  await page.getByRole('button', { name: 'Remove', exact: true }).click()
  await settled(page)
  expect((await blocks()).some(({ text: line }) => line === '[door slams]')).toBe(false)

  await write(page, 2)
  await page.getByRole('button', { name: 'Italic' }).click()
  await page.getByLabel('Position').last().selectOption('top')
  await settled(page)
  expect((await blocks())[1]?.text).toMatch(/^(\{\\an8\})?<i>/)
  await pressOut(page, 'Undo')
  await settled(page)
  expect(await blocks()).toEqual(before)
  expect(complaints).toEqual([])
  await context.close()
})

test.each([
  ['de-DE', { width: 390, height: 800 }],
  ['en-GB', { width: 1280, height: 900 }],
] as const)('accessible in %s', async (locale, viewport) => {
  const { page, context, complaints } = await openCaptions({ locale, viewport })
  await write(page, 1)
  await expectAccessible(page, 'captions, open')
  const wide = await page.evaluate(() => document.documentElement.scrollWidth - innerWidth)
  expect(wide).toBeLessThanOrEqual(0)
  expect(complaints).toEqual([])
  await context.close()
})
