/** A text in another language in the viewer: what there is, its subtitles, and each sentence beside the original. */
import { readFileSync } from 'node:fs'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible } from './browser.ts'
import { JobApi } from './editor_page.ts'
import { KeptJobs } from './kept_jobs.ts'
import { focusedName } from './keyboard.ts'
import { expectFits, expectGerman, expectNothingCut, expectTargets } from './legible.ts'
import { bodyOf, Loopback } from './loopback.ts'
import { opened } from './opened.ts'

interface Asked {
  sentences: { id: number; text: string }[]
}

/** What the endpoint waits for before it answers, and whether it knows the key of whoever asks. */
const manner = { answersAfter: Promise.resolve(), knowsKey: true }

/** Speaks as a chat endpoint does, and shouts what it is asked. */
const chat = await new Loopback(async (request, reply) => {
  await manner.answersAfter
  if (!manner.knowsKey) return void reply.writeHead(401).end('{}')
  const { model, messages } = JSON.parse(await bodyOf(request)) as { model: string; messages: { content: string }[] }
  const { sentences } = JSON.parse(messages.at(-1)?.content ?? '') as Asked
  const content = sentences.map(({ id, text }) => JSON.stringify({ id, text: text.toUpperCase() })).join('\n')
  const message = { role: 'assistant', content }
  const choices = [{ index: 0, message, finish_reason: 'stop', logprobs: null }]
  const usage = { prompt_tokens: 9, completion_tokens: 9, total_tokens: 18 }
  reply.writeHead(200, { 'Content-Type': 'application/json' })
  reply.end(JSON.stringify({ id: 'x', object: 'chat.completion', created: 1, model, choices, usage }))
}).start()
afterAll(() => chat.stop())

const { edition, browser } = await opened({ TRANSLATOR: 'openai', TRANSLATION_URL: `${chat.origin}/v1`, TRANSLATION_MODEL: 'a-model' })
let kept: KeptJobs

const api = async (path: string, init: RequestInit = {}): Promise<Response> => {
  const { id, token } = kept.completed
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const reply = await fetch(new URL(`/api/jobs/${id}/${path}`, edition.url), { ...init, headers })
  expect(reply.ok, path).toBe(true)
  return reply
}

async function translated(language: string): Promise<void> {
  await api('translations', { method: 'POST', body: JSON.stringify({ language }) })
  const state = async (): Promise<string | undefined> => (await list()).find((one) => one.language === language)?.state
  await expect.poll(state, { timeout: 60_000 }).toBe('completed')
}

beforeAll(async () => {
  kept = await KeptJobs.make(browser, edition.url)
}, 180_000)

const viewer = (): string => `/jobs/${kept.completed.id}`

test('languages are shown where there are any, with their subtitles and side by side', async () => {
  const before = await kept.open({}, viewer())
  await before.page.getByRole('article', { name: 'Transcript' }).waitFor()
  expect(await before.page.getByRole('region', { name: 'In other languages' }).count()).toBe(0)
  await before.context.close()
  await translated('de')
  const { page, context, complaints } = await kept.open({}, viewer())
  const region = page.getByRole('region', { name: 'In other languages' })
  const save = region.getByRole('button', { name: 'Subtitles in German (SRT)' })
  const [download] = await Promise.all([page.waitForEvent('download'), save.click()])
  expect(download.suggestedFilename()).toMatch(/\.de\.srt$/)
  expect(readFileSync(await download.path(), 'utf8')).toBe(await (await api('download/srt?language=de')).text())
  await expectAccessible(page, 'the viewer with a translation')
  const beside = region.getByRole('button', { name: 'German, side by side' })
  await beside.focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog', { name: 'German, beside the original' })
  const rows = dialog.locator('tbody tr')
  await rows.first().waitFor()
  const { pairs } = (await (await api('translations/de')).json()) as { pairs: { source: string; text: string }[] }
  expect(await rows.count()).toBe(pairs.length)
  for (const [at, { source, text }] of pairs.entries()) expect(await rows.nth(at).innerText()).toMatch(new RegExp(`${source.slice(0, 20)}[^]*${text.slice(0, 20)}`))
  expect(pairs.map(({ text }) => text)).toEqual(pairs.map(({ source }) => source.toUpperCase()))
  await expectAccessible(page, 'each sentence beside its translation')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  expect(await focusedName(page)).toBe('German, side by side')
  expect(complaints).toEqual([])
  await context.close()
})

test('what was corrected in the original is told, in German and on a phone as well', async () => {
  const job = new JobApi(edition.url, kept)
  const { paragraphs } = await job.transcript()
  const [first] = paragraphs
  if (!first) throw new Error('the sample has words')
  await job.save([{ op: 'relabel', ids: [first.id], speaker: 'S1' }])
  const { page, context } = await kept.open({ locale: 'de-DE', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, viewer())
  const region = page.getByRole('region', { name: 'In anderen Sprachen' })
  await region.getByText(/im Original seitdem korrigiert/).waitFor()
  await region.getByRole('button', { name: 'Deutsch, nebeneinander' }).click()
  const dialog = page.getByRole('dialog', { name: 'Deutsch, neben dem Original' })
  await dialog.getByText('Das Original wurde seitdem korrigiert').first().waitFor()
  await expectFits(page, 'side by side on a phone')
  await expectNothingCut(page, 'side by side on a phone')
  await expectAccessible(page, 'side by side on a phone')
  await dialog.getByRole('button', { name: 'Schließen' }).click()
  await expectGerman(page, 'the viewer with a translation')
  await context.close()
})

interface Listed {
  translations: { language: string; state: string; doubtful: number; glossary: { source: string; target: string }[] }[]
}
const list = async (): Promise<Listed['translations']> => ((await (await api('translations')).json()) as Listed).translations

test('by keyboard one is brought up to date, another asked for with its terms, seen to work, and deleted', async () => {
  const { page, context, complaints } = await kept.open({}, viewer())
  const region = page.getByRole('region', { name: 'In other languages' })
  await region.getByRole('button', { name: 'German: bring up to date' }).press('Enter')
  await region.getByRole('button', { name: 'German: bring up to date' }).waitFor({ state: 'detached' })
  await region.getByRole('button', { name: 'Subtitles in German (SRT)' }).waitFor()
  await page.getByRole('button', { name: 'Translate…' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'Translate…' })
  await dialog.getByText(/is sent to 127\.0\.0\.1.*, where a-model translates it/).waitFor()
  await expectAccessible(page, 'asking for a translation')
  await dialog.getByRole('button', { name: 'Translate', exact: true }).press('Enter')
  await dialog.getByText('Choose a language first.').waitFor()
  await dialog.getByLabel('Into which language').selectOption({ label: 'French' })
  await dialog.getByLabel('Glossary (optional)').fill('# names\ncountry')
  await dialog.getByRole('button', { name: 'Translate', exact: true }).press('Enter')
  await dialog.getByText('Line 2 of the glossary is no term.').waitFor()
  await dialog.getByLabel('Glossary (optional)').fill('# names\ncountry = pays')
  let release = (): void => undefined
  manner.answersAfter = new Promise((resolve) => (release = resolve))
  await dialog.getByRole('button', { name: 'Translate', exact: true }).press('Enter')
  await dialog.waitFor({ state: 'detached' })
  expect(await focusedName(page)).toBe('Translate…')
  await region.getByRole('progressbar', { name: 'French' }).waitFor()
  expect(await region.getByRole('button', { name: 'Subtitles in French (SRT)' }).count()).toBe(0)
  await expectAccessible(page, 'a translation that is being made')
  release()
  await region.getByRole('button', { name: 'Subtitles in French (SRT)' }).waitFor()
  const french = (await list()).find(({ language }) => language === 'fr')
  expect(french?.glossary).toEqual([{ source: 'country', target: 'pays' }])
  await region.getByRole('button', { name: 'French: delete…' }).press('Enter')
  const question = page.getByRole('dialog', { name: 'Delete the translation into French?' })
  await expectAccessible(page, 'whether a translation is deleted')
  await question.getByRole('button', { name: 'Delete', exact: true }).press('Enter')
  await region.locator('[data-translation=fr]').waitFor({ state: 'detached' })
  expect((await list()).map(({ language }) => language)).toEqual(['de'])
  expect(await region.evaluate((element) => element === document.activeElement)).toBe(true)
  expect(complaints).toEqual([])
  await context.close()
})

test('what the translator refuses is told in German, on a phone, and can be gone on with', async () => {
  const { page, context } = await kept.open({ locale: 'de-DE', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, viewer())
  manner.knowsKey = false
  await page.getByRole('button', { name: 'Übersetzen…' }).tap()
  const dialog = page.getByRole('dialog', { name: 'Übersetzen…' })
  await dialog.getByLabel('In welche Sprache').selectOption({ label: 'Spanisch' })
  await expectFits(page, 'asking on a phone')
  await expectNothingCut(page, 'asking on a phone')
  await expectAccessible(page, 'asking on a phone')
  await expectGerman(page, 'asking for a translation')
  await dialog.getByRole('button', { name: 'Übersetzen', exact: true }).tap()
  const region = page.getByRole('region', { name: 'In anderen Sprachen' })
  await region.getByText('Der Übersetzer nimmt den Schlüssel dieses Servers nicht an.').waitFor()
  manner.knowsKey = true
  await expectFits(page, 'a failed translation on a phone')
  await expectTargets(page, 'a failed translation on a phone', 44)
  await region.getByRole('button', { name: 'Spanisch: fortsetzen' }).tap()
  await region.getByRole('button', { name: 'Untertitel: Spanisch (SRT)' }).waitFor()
  await context.close()
})

interface Sided {
  translation: { revision: number }
  pairs: { source: string; text: string; corrected: boolean; to_check: boolean }[]
}
const sided = async (): Promise<Sided> => (await api('translations/de')).json() as Promise<Sided>
const srt = async (): Promise<string> => (await (await api('download/srt?language=de')).text()).replace(/\s+/g, ' ')

test('sentences are put into other words by keyboard, which the subtitles say, and stay when the rest is brought up to date', async () => {
  const { page, context, complaints } = await kept.open({}, viewer())
  const region = page.getByRole('region', { name: 'In other languages' })
  await region.getByRole('button', { name: 'German, side by side' }).press('Enter')
  const dialog = page.getByRole('dialog', { name: 'German, beside the original' })
  const before = (await sided()).pairs
  const [first, second, third] = before.map(({ text }) => text)
  if (!first || !second || !third) throw new Error('the sample has three sentences')
  await dialog.getByRole('button', { name: first, exact: true }).press('Enter')
  await expect.poll(() => focusedName(page)).toBe(`Translation of: ${before[0]?.source}`)
  await expectAccessible(page, 'a sentence that is being corrected')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('Ganz anders gesagt.')
  await page.keyboard.press('Tab')
  await page.keyboard.press('Control+a')
  await page.keyboard.type('Und dies auch.')
  await page.keyboard.press('Tab')
  await page.keyboard.type(' nie gesagt')
  await page.keyboard.press('Escape')
  expect(await focusedName(page)).toBe(third)
  const after = ['Ganz anders gesagt.', 'Und dies auch.', third]
  await expect.poll(async () => (await sided()).pairs.slice(0, 3).map(({ text }) => text)).toEqual(after)
  await page.keyboard.press('Enter')
  await page.keyboard.press('Shift+Tab')
  await page.keyboard.press('Enter')
  expect(await focusedName(page)).toBe('Und dies auch.')
  await page.keyboard.press('Escape')
  await dialog.waitFor({ state: 'detached' })
  await region.getByText('2 sentences are corrected by hand and stay so').waitFor()
  const save = region.getByRole('button', { name: 'Subtitles in German (SRT)' })
  const [download] = await Promise.all([page.waitForEvent('download'), save.press('Enter')])
  const said = readFileSync(await download.path(), 'utf8').replace(/\d+\s+[\d:,]+ --> [\d:,]+/g, '').replace(/\s+/g, ' ')
  expect(said).toContain('Ganz anders gesagt. Und dies auch.')
  expect(said.includes('nie gesagt')).toBe(false)

  const job = new JobApi(edition.url, kept)
  const [paragraph] = (await job.transcript()).paragraphs
  if (!paragraph) throw new Error('the sample has words')
  await job.save([{ op: 'relabel', ids: [paragraph.id], speaker: 'S2' }])
  await page.reload()
  await region.getByRole('button', { name: 'German: bring up to date' }).press('Enter')
  await region.getByRole('button', { name: 'German: bring up to date' }).waitFor({ state: 'detached' })
  await region.getByText('2 sentences are corrected by hand and stay so').waitFor()
  expect((await sided()).pairs.map(({ text }) => text).slice(0, 3)).toEqual(after)
  expect(await srt()).toContain('Ganz anders')
  expect(complaints).toEqual([])
  await context.close()
})

test('where the original says something else since, the words stay and are told; of two writers neither loses; on a phone, in German', async () => {
  const job = new JobApi(edition.url, kept)
  const [paragraph] = (await job.transcript()).paragraphs
  if (!paragraph) throw new Error('the sample has words')
  const whole = { ...paragraph, text: paragraph.text.replace(/^\S/, (letter) => (letter === 'X' ? 'Y' : 'X')) }
  await job.save([{ op: 'splice', remove: [paragraph.id], insert: [whole] }])
  await translated('de')
  const { page, context, complaints } = await kept.open({ locale: 'de-DE', viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true }, viewer())
  const region = page.getByRole('region', { name: 'In anderen Sprachen' })
  await region.getByText('einer davon ist zu prüfen: das Original ist inzwischen ein anderes').waitFor()
  await region.getByRole('button', { name: 'Deutsch, nebeneinander' }).tap()
  const dialog = page.getByRole('dialog', { name: 'Deutsch, neben dem Original' })
  await dialog.getByText('Von Hand korrigiert; das Original ist inzwischen ein anderes').waitFor()
  await expectFits(page, 'correcting on a phone')
  await expectNothingCut(page, 'correcting on a phone')
  await expectTargets(page, 'correcting on a phone', 44)
  await expectAccessible(page, 'correcting on a phone')
  await dialog.getByRole('button', { name: 'Stimmt noch: Ganz anders gesagt.' }).tap()
  await dialog.getByText('Von Hand korrigiert; das Original ist inzwischen ein anderes').waitFor({ state: 'detached' })
  await dialog.getByRole('button', { name: 'Und dies auch.', exact: true }).tap()
  const field = dialog.getByRole('textbox', { name: /^Übersetzung von: / })
  await field.fill('Von mir.')
  const { translation, pairs } = await sided()
  const headers = { 'If-Match': `"${translation.revision}"` }
  const where = new URL(`/api/jobs/${kept.completed.id}/translations/de/sentences/1`, edition.url)
  const authorization = { Authorization: `Bearer ${kept.completed.token}`, 'Content-Type': 'application/json' }
  await fetch(where, { method: 'PUT', body: JSON.stringify({ text: 'Von jemand anderem.' }), headers: { ...headers, ...authorization } })
  await field.press('Enter')
  await dialog.getByText('Jemand anders hat inzwischen geschrieben: „Von jemand anderem.“').waitFor()
  expect((await sided()).pairs[1]?.text).toBe('Von jemand anderem.')
  await dialog.getByRole('button', { name: 'Von mir.', exact: true }).tap()
  await field.press('Enter')
  await expect.poll(async () => (await sided()).pairs[1]?.text).toBe('Von mir.')
  expect(pairs[0]?.to_check).toBe(false)
  await dialog.getByText('Nicht gespeichert.').waitFor({ state: 'detached' })
  await expectGerman(page, 'correcting a translation')
  expect(complaints).toEqual([])
  await context.close()
})
