/** Downloads in plain words: the bytes are the API's, what is previewed is what is saved, by keyboard and on a phone. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { exportDe } from '@/i18n/de/export.ts'
import { exportEn } from '@/i18n/en/export.ts'
import { expectAccessible, type Watched } from './browser.ts'
import { openPanel, saveAs } from './download_panel.ts'
import { PYTHON } from './edition.ts'
import { KeptJobs } from './kept_jobs.ts'
import { focusedName, tabTo } from './keyboard.ts'
import { opened } from './opened.ts'

const { edition, browser } = await opened()
let kept: KeptJobs

beforeAll(async () => {
  kept = await KeptJobs.make(browser, edition.url)
})

const openViewer = (options: object = {}, search = ''): Promise<Watched> =>
  kept.open({ acceptDownloads: true, ...options }, `/jobs/${kept.completed.id}${search}`)

async function fromApi(path: string): Promise<Buffer> {
  const { id, token } = kept.completed
  const reply = await fetch(`${edition.url}/api/jobs/${id}/download/${path}`, { headers: { Authorization: `Bearer ${token}` } })
  return Buffer.from(await reply.arrayBuffer())
}

const preview = (panel: Locator) => panel.locator('pre')

test('every format of the server has plain words, and its bytes are those of the API', async () => {
  const { page, context } = await openViewer()
  const { formats } = (await (await fetch(`${edition.url}/api/formats`)).json()) as { formats: { name: string }[] }
  expect(formats.map(({ name }) => name).sort()).toEqual(Object.keys(exportEn.formats).sort())
  const panel = await openPanel(page, 'sample.mp4')
  for (const { name } of formats) {
    const words = exportEn.formats[name as keyof typeof exportEn.formats]
    const saved = readFileSync(await (await saveAs(panel, words)).path())
    expect(saved.equals(await fromApi(name === 'txt' || name === 'docx' ? name : `${name}?profile=netflix`)), name).toBe(true)
  }
  await context.close()
})

test('what is switched is in the preview, in the file, and only where the format takes it', async () => {
  const { page, context } = await openViewer({}, '?view=captions')
  await page.getByRole('combobox', { name: 'Subtitle profile' }).selectOption('bbc')
  const panel = await openPanel(page, 'sample.mp4')
  expect(await panel.getByRole('combobox', { name: 'Subtitle profile' }).inputValue()).toBe('bbc')
  await panel.getByLabel('Windows line ends').check()
  await panel.getByLabel('Mark what is unclear').check()
  const srt = readFileSync(await (await saveAs(panel, 'Subtitles, SRT')).path())
  expect(srt.equals(await fromApi('srt?profile=bbc&crlf=true&unclear=true'))).toBe(true)
  const shown = (await preview(panel).innerText()).replace(/\n…$/, '')
  expect(shown.startsWith('1\n00:00:')).toBe(true)
  expect(srt.toString().replaceAll('\r\n', '\n').startsWith(shown.trimEnd())).toBe(true)
  const csv = readFileSync(await (await saveAs(panel, 'Spreadsheet, CSV')).path())
  expect(csv.equals(await fromApi('csv?profile=bbc&crlf=true'))).toBe(true)
  await panel.getByRole('combobox', { name: 'A row for each' }).selectOption('word')
  const words = readFileSync(await (await saveAs(panel, 'Spreadsheet, CSV')).path())
  expect(words.equals(await fromApi('csv?profile=bbc&crlf=true&rows=words'))).toBe(true)
  await saveAs(panel, 'Word document')
  expect(await preview(panel).innerText()).toBe(exportEn.previewNone)
  expect(await panel.getByLabel('Windows line ends').count()).toBe(0)
  await context.close()
})

test('all formats come as one ZIP, with what was switched in those that take it', async () => {
  const { page, context } = await openViewer()
  const panel = await openPanel(page, 'sample.mp4')
  await panel.getByLabel('Windows line ends').check()
  const saving = page.waitForEvent('download')
  await panel.getByRole('button', { name: exportEn.all }).click()
  const zip = await saving
  expect(zip.suggestedFilename()).toBe('sample.zip')
  const [srt, json] = await Promise.all([fromApi('srt?profile=netflix&crlf=true'), fromApi('json')])
  const path = await zip.path()
  expect(inZip(path, 'sample.srt').equals(srt)).toBe(true)
  expect(inZip(path, 'sample.json').equals(json)).toBe(true)
  await context.close()
})

test('each version has its file', async () => {
  const { page, context } = await openViewer()
  const { id, token } = kept.completed
  for (const word of ['Aardvarks', 'Zebras']) await page.evaluate(write, { id, token, word })
  await page.evaluate(restoreFirst, { id, token })
  await page.reload()
  const panel = await openPanel(page, 'sample.mp4')
  const version = panel.getByRole('combobox', { name: 'Version' })
  const save = async (chosen: object): Promise<Buffer> => {
    await version.selectOption(chosen)
    return readFileSync(await (await saveAs(panel, 'Plain text')).path())
  }
  expect((await save({ label: exportEn.newest })).toString()).toContain('Aardvarks')
  expect((await save({ value: '2' })).toString()).toContain('Zebras')
  const machine = await save({ label: exportEn.machine })
  expect(machine.equals(await fromApi('txt?revision=0'))).toBe(true)
  expect(/Aardvarks|Zebras/.test(machine.toString())).toBe(false)
  await panel.getByRole('button', { name: exportEn.allNewest }).waitFor()
  await context.close()
})

test('by keyboard alone, and the focus comes back', async () => {
  const { page, context } = await openViewer()
  await page.getByRole('article', { name: 'Transcript' }).locator('p').first().waitFor()
  await tabTo(page, 'Download: sample.mp4')
  await page.keyboard.press('Enter')
  await tabTo(page, 'More formats and choices')
  await page.keyboard.press('Enter')
  const panel = page.getByRole('dialog', { name: 'Download sample.mp4' })
  await panel.waitFor()
  await tabTo(page, 'Subtitles, SRT')
  await page.keyboard.press('ArrowDown')
  await panel.getByRole('radio', { name: 'Subtitles for the web, VTT', checked: true }).waitFor()
  await tabTo(page, 'Windows line ends')
  await page.keyboard.press('Space')
  await panel.locator('figure[aria-busy="false"]').getByText('sample.vtt').waitFor()
  const saving = page.waitForEvent('download')
  await tabTo(page, 'Download')
  await page.keyboard.press('Enter')
  expect(readFileSync(await (await saving).path()).equals(await fromApi('vtt?profile=netflix&crlf=true'))).toBe(true)
  await page.keyboard.press('Escape')
  await panel.waitFor({ state: 'detached' })
  await expect.poll(() => focusedName(page)).toBe('Download: sample.mp4')
  await context.close()
})

test('on a phone, in German, it fits, and axe finds nothing', async () => {
  const { page, context } = await openViewer({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, locale: 'de-DE' })
  await page.getByRole('article', { name: 'Text' }).locator('p').first().waitFor() // what still moves a button is not to be tapped
  await page.getByRole('button', { name: 'Herunterladen: sample.mp4' }).tap()
  await page.getByRole('button', { name: 'Weitere Formate und Optionen…' }).tap()
  const panel = page.getByRole('dialog', { name: exportDe.title('sample.mp4') })
  await panel.getByText(exportDe.more, { exact: true }).tap()
  for (const words of Object.values(exportDe.about)) await panel.getByText(words, { exact: true }).waitFor()
  await panel.locator('figure[aria-busy="false"]').waitFor()
  expect(await widest(page)).toBeLessThanOrEqual(360)
  await expectAccessible(page, 'downloads, German, phone')
  const saving = page.waitForEvent('download')
  await panel.getByRole('button', { name: exportDe.save, exact: true }).tap()
  expect((await saving).suggestedFilename()).toBe('sample.srt')
  await context.close()
})

const widest = (page: Page): Promise<number> => page.evaluate(() => document.documentElement.scrollWidth)

const inZip = (path: string, name: string): Buffer =>
  execFileSync(PYTHON, ['-c', 'import sys, zipfile; sys.stdout.buffer.write(zipfile.ZipFile(sys.argv[1]).read(sys.argv[2]))', path, name])

/** Runs in the page, past it: the first paragraph becomes one word, as if somebody else had changed it. */
async function write({ id, token, word }: { id: string; token: string; word: string }): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const reply = await fetch(`/api/jobs/${id}/transcript`, { headers })
  const { revision, paragraphs } = (await reply.json()) as { revision: number; paragraphs: { id: string }[] }
  const [first] = paragraphs
  const insert = [{ ...first, text: word, offsets: [0], starts: [0], durations: [900], conf: [null] }]
  const body = JSON.stringify({ operations: [{ op: 'splice', remove: [first?.id], before: paragraphs[1]?.id ?? null, insert }] })
  const saved = await fetch(`/api/jobs/${id}/revisions`, { method: 'POST', headers: { ...headers, 'If-Match': `"${revision}"` }, body })
  if (!saved.ok) throw new Error(await saved.text())
}

/** Back to the first save. */
async function restoreFirst({ id, token }: { id: string; token: string }): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', 'If-Match': '"2"' }
  const saved = await fetch(`/api/jobs/${id}/revisions/restore`, { method: 'POST', headers, body: JSON.stringify({ revision: 1 }) })
  if (!saved.ok) throw new Error(await saved.text())
}
