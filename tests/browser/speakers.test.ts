/** Who speaks, in the page: told apart by a real edition, read one by one, put right, and told apart anew. */
import type { Locator, Page } from 'playwright-core'
import { beforeAll, beforeEach, describe, expect, test } from 'vitest'
import { expectAccessible, openPage, type Watched } from './browser.ts'
import { contentOf, field, JobApi, pressOut, rows, saved, type Shown, writeAt } from './editor_page.ts'
import { TALK } from './edition.ts'
import { KeptJobs } from './kept_jobs.ts'
import { opened } from './opened.ts'
import { twoSides } from './recordings.ts'
import { card, choose, transcribe } from './upload_page.ts'

const { edition, browser } = await opened({ DIARIZE: 'true' })
const { diarize } = (await (await fetch(new URL('/api/config', edition.url))).json()) as { diarize: boolean }
let kept: KeptJobs
let api: JobApi
let machine: Shown

const labels = ({ paragraphs }: Shown): string[] => [...new Set(paragraphs.map(({ speaker }) => speaker ?? ''))].sort()
const bar = (page: Page): Locator => page.getByRole('group', { name: /^(Who speaks|Wer spricht)$/ })
const chip = (page: Page, name: string): Locator => bar(page).getByRole('button', { name: new RegExp(`^Only ${name} \\d+ %$`) })
const seen = (page: Page): Promise<string[]> =>
  page.locator('[data-row]:visible').evaluateAll((all) => all.map((row) => (row as HTMLElement).dataset['row'] ?? ''))
const of = (shown: Shown, label: string): string[] => shown.paragraphs.filter(({ speaker }) => speaker === label).map(({ id }) => id)
/** The label of whoever speaks longest. */
const talker = (shown: Shown): string => {
  const timeOf = (label: string): number =>
    shown.paragraphs.filter(({ speaker }) => speaker === label).flatMap(({ durations }) => durations).reduce((sum, ms) => sum + ms, 0)
  return labels(shown).sort((one, other) => timeOf(other) - timeOf(one))[0] ?? ''
}
const focused = (page: Page): Promise<string | undefined> =>
  page.evaluate(() => document.activeElement?.closest<HTMLElement>('[data-row]')?.dataset['row'])

async function openText(options: Parameters<KeptJobs['open']>[0] = {}): Promise<Watched> {
  const watched = await kept.open(options, `/jobs/${kept.completed.id}`)
  await rows(watched.page).first().waitFor()
  await watched.page.getByRole('group', { name: /^(Edit|Bearbeiten)$/ }).waitFor()
  return watched
}

// Without `aisubs models download speakers` there is nobody to be told apart.
describe.skipIf(!diarize)('who speaks', () => {
  beforeAll(async () => {
    kept = await KeptJobs.make(browser, edition.url, { sample: TALK })
    api = new JobApi(edition.url, kept)
  })
  beforeEach(async () => {
    machine = await api.reset()
  })

  test('everybody has a name, a colour and a share from the start, and one of them can be read alone', async () => {
    const { page, context, complaints } = await openText()
    expect(labels(machine).length).toBeGreaterThan(1)
    const shares = await bar(page).getByRole('button').allInnerTexts()
    expect(shares).toHaveLength(labels(machine).length)
    const sum = shares.reduce((all, share) => all + Number(/(\d+) %$/.exec(share)?.[1]), 0)
    expect(Math.abs(sum - 100)).toBeLessThanOrEqual(shares.length)

    await chip(page, 'Speaker 2').click()
    await expect.poll(() => seen(page)).toEqual(of(machine, 'Speaker 2'))
    await page.getByText(`Only Speaker 2: ${of(machine, 'Speaker 2').length} of ${machine.paragraphs.length} paragraphs`).waitFor()
    await page.keyboard.press('Tab') // the text has a way in for the keyboard, whoever is shown
    expect(await page.locator('[data-row]:visible > button[tabindex="0"]').count()).toBe(1)
    // What is looked for elsewhere is not hidden.
    const elsewhere = machine.paragraphs.find(({ speaker }) => speaker === 'Speaker 1')
    await page.getByRole('searchbox', { name: 'Search in the text' }).fill(elsewhere?.text.slice(0, 20) ?? '')
    await expect.poll(() => seen(page)).toEqual(machine.paragraphs.map(({ id }) => id))
    expect(await chip(page, 'Speaker 2').getAttribute('aria-pressed')).toBe('false')
    expect(complaints).toEqual([])
    await context.close()
  })

  test('S goes from turn to turn of the one who speaks, and the recording goes along', async () => {
    const { page, context, complaints } = await openText()
    const turns = machine.paragraphs.filter(({ speaker }, at) => speaker === 'Speaker 1' && machine.paragraphs[at - 1]?.speaker !== speaker)
    expect(turns.length).toBeGreaterThan(1)
    await rows(page).first().getByRole('button').focus()
    await page.keyboard.press('s')
    await expect.poll(() => focused(page)).toBe(turns[1]?.id)
    await page.keyboard.press('Shift+S')
    await expect.poll(() => focused(page)).toBe(turns[0]?.id)
    await chip(page, 'Speaker 2').click()
    await page.getByRole('button', { name: 'Next turn of Speaker 2' }).click()
    await expect.poll(() => focused(page)).toBe(of(machine, 'Speaker 2')[0])
    const starts = machine.paragraphs.find(({ id }) => id === of(machine, 'Speaker 2')[0])?.starts[0] ?? -1
    await expect.poll(() => page.evaluate(() => document.querySelector('video')?.currentTime ?? 0)).toBeCloseTo(starts / 1000, 1)
    expect(complaints).toEqual([])
    await context.close()
  })

  test('this one is really Anna, from here on; two are one; all of it can be undone', async () => {
    const { page, context, complaints } = await openText()
    const firsts = of(machine, 'Speaker 1')
    expect(firsts.length).toBeGreaterThan(1)
    await rows(page).first().getByRole('button').focus()
    await page.keyboard.press('Shift+Digit2') // all of the first speaker's
    await saved(page)
    expect(of(await api.transcript(), 'Speaker 1')).toEqual([])
    await page.keyboard.press('Control+z')
    await saved(page)
    expect(contentOf(await api.transcript())).toEqual(contentOf(machine))

    await writeAt(page, 0, 0)
    await page.getByLabel('Applies to').selectOption('onwards')
    await page.getByLabel('Speaker', { exact: true }).selectOption({ label: 'New speaker' })
    await saved(page)
    const fresh = labels(await api.transcript()).find((label) => !labels(machine).includes(label)) ?? ''
    expect(of(await api.transcript(), fresh)).toEqual(firsts)
    await page.keyboard.press('Escape')
    await field(page).waitFor({ state: 'detached' })

    await page.getByRole('button', { name: 'Speakers', exact: true }).click()
    await page.getByLabel(`Name of ${fresh}`).fill('Anna')
    await page.getByLabel(`Name of ${fresh}`).press('Enter')
    await page.getByLabel('Merge Speaker 2 with').selectOption({ label: 'Anna' })
    await page.getByRole('alertdialog').getByRole('button', { name: 'Merge', exact: true }).click()
    await chip(page, 'Anna').waitFor()
    await saved(page)
    const merged = await api.transcript()
    expect(labels(merged).includes('Speaker 2')).toBe(false)
    expect(of(merged, fresh)).toHaveLength(firsts.length + of(machine, 'Speaker 2').length)
    expect(await api.srt()).toContain('Anna')
    await pressOut(page, 'Undo')
    await saved(page)
    expect(contentOf(await api.transcript())).toEqual(contentOf(machine))
    expect(complaints).toEqual([])
    await context.close()
  })

  test('another number of them is decided at once, names stay, and it can be undone', async () => {
    const { page, context, complaints } = await openText()
    const most = talker(machine)
    await page.getByRole('button', { name: 'Speakers', exact: true }).click()
    await page.getByLabel(`Name of ${most}`).fill('Anna')
    await page.getByLabel(`Name of ${most}`).press('Enter')
    await chip(page, 'Anna').waitFor()
    await page.getByLabel('How many speak').fill('1')
    await page.getByRole('button', { name: 'Tell apart anew' }).click()
    await page.getByText('One person speaks. Anna: kept the name.').waitFor()
    expect(await bar(page).getByRole('button').allInnerTexts()).toEqual([expect.stringMatching(/Anna\s+100 %$/)])
    expect(labels(await api.transcript())).toEqual([most])
    await page.getByRole('button', { name: 'Undo', exact: true }).click()
    await saved(page)
    expect(labels(await api.transcript())).toEqual(labels(machine))
    await page.getByLabel('How many speak').fill('')
    await page.getByRole('button', { name: 'Tell apart anew' }).click()
    await page.getByText('Nothing changed: the speakers are as they were.').waitFor()
    expect((await api.transcript()).speakers).toEqual({ [most]: 'Anna' })
    expect(complaints).toEqual([])
    await context.close()
  })

  test('a channel each is chosen, said, and nobody is counted anew', async () => {
    const { page, context, complaints } = await openPage(browser, edition.url)
    await choose(page, twoSides('call.flac'))
    const channels = page.getByLabel('Two channels, one person each')
    await page.getByText('Change', { exact: true }).click()
    await channels.selectOption('Always')
    await page.getByLabel('Speakers', { exact: true }).selectOption('Not told apart')
    await channels.waitFor({ state: 'detached' })
    await page.getByLabel('Speakers', { exact: true }).selectOption('Told apart, however many')
    expect(await channels.inputValue()).toBe('')
    await channels.selectOption('Always')
    await page.getByText(/Told apart, however many · one person on each channel/).waitFor()
    await expectAccessible(page, 'the choice of channels')
    await transcribe(page)
    await card(page, 'completed').getByText('one person on each of two channels').waitFor({ timeout: 120_000 })
    await page.getByRole('link', { name: 'call.flac', exact: true }).click()
    await page.getByRole('button', { name: 'Speakers', exact: true }).click()
    await page.getByLabel('Name of Speaker 2').waitFor()
    expect(await page.getByLabel('How many speak').count()).toBe(0)
    expect(complaints).toEqual([])
    await context.close()
  })

  test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
    const { page, context, complaints } = await openText({ colorScheme })
    await chip(page, 'Speaker 2').click()
    await page.getByRole('button', { name: 'Speakers', exact: true }).click()
    await page.getByLabel('How many speak').waitFor()
    await expectAccessible(page, 'speakers')
    expect(complaints).toEqual([])
    await context.close()
  })

  test('on a phone nothing is cut, everything can be touched, and German is German', async () => {
    const { page, context } = await openText({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, locale: 'de-DE' })
    await bar(page).getByRole('button', { name: /^Nur Speaker 2 \d+ %$/ }).click()
    await page.getByText(/^Nur Speaker 2: \d+ von \d+ Absätzen$/).waitFor()
    await page.getByRole('button', { name: 'Sprecher', exact: true }).click()
    await page.getByRole('button', { name: 'Neu unterscheiden' }).waitFor()
    const [inner, scroll] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth])
    expect(scroll).toBeLessThanOrEqual(inner ?? 0)
    const controls = page.locator('.speakers-bar button:visible, .edit-panel button:visible, .edit-panel input:visible, .edit-panel select:visible')
    const heights = await controls.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height))
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(44)
    await context.close()
  })
})
