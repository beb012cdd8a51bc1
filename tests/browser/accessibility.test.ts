/** Every screen in every light: axe finds nothing, nothing scrolls sideways or is cut, fingers hit, nothing moves that should
 *  not, and German is German. What axe cannot see is tried by keyboard in whole_keyboard.test.ts. */
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { accountDe } from '@/i18n/de/account.ts'
import { exportDe } from '@/i18n/de/export.ts'
import { libraryDe } from '@/i18n/de/library.ts'
import { fieldsDe } from '@/i18n/de/settings.ts'
import { sharingDe } from '@/i18n/de/sharing.ts'
import { de } from '@/i18n/de.ts'
import { accountEn } from '@/i18n/en/account.ts'
import { exportEn } from '@/i18n/en/export.ts'
import { libraryEn } from '@/i18n/en/library.ts'
import { fieldsEn } from '@/i18n/en/settings.ts'
import { sharingEn } from '@/i18n/en/sharing.ts'
import { en, type Messages } from '@/i18n/en.ts'
import { axeViolations } from './axe.ts'
import { KeptJobs } from './kept_jobs.ts'
import { cutOn, englishOn, expectFits, expectGerman, expectNothingCut, expectStill, expectTargets } from './legible.ts'
import { opened } from './opened.ts'
import { quietRecording, write } from './recordings.ts'

const { edition, browser } = await opened({ QUEUE_CAPACITY: '50' })
let kept: KeptJobs

beforeAll(async () => {
  kept = await KeptJobs.make(browser, edition.url, { broken: true })
})

/** A tag, and no word of any language. */
const MARK = '2026'

const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true }
const LOOKS = {
  light: {},
  'dark, no motion': { colorScheme: 'dark', reducedMotion: 'reduce' },
  phone,
  'German, phone, dark': { ...phone, colorScheme: 'dark', locale: 'de-DE' },
  // 1280 by 1024 at 400 %.
  'zoomed in four times': { viewport: { width: 320, height: 256 } },
  'forced colours': { forcedColors: 'active', colorScheme: 'dark' },
} as const

test.each(Object.keys(LOOKS) as (keyof typeof LOOKS)[])('all screens, %s', async (name) => {
  const { page, context } = await kept.open(LOOKS[name])
  await walk(page, name.startsWith('German') ? de : en, (screen) => inspect(page, screen, name))
  await context.close()
})

test.each(Object.keys(LOOKS) as (keyof typeof LOOKS)[])('the library, %s', async (name) => {
  const { page, context } = await kept.open(LOOKS[name])
  await walkLibrary(page, name.startsWith('German') ? de : en, (screen) => inspect(page, screen, name))
  await context.close()
})

/** What a screen has to be in this light. */
async function inspect(page: Page, screen: string, name: keyof typeof LOOKS): Promise<void> {
  const look = LOOKS[name]
  const what = `${screen}, ${name}`
  await expectFits(page, what)
  await expectNothingCut(page, what)
  if ('hasTouch' in look) await expectTargets(page, what, 44)
  if ('reducedMotion' in look) await expectStill(page, what)
  if ('locale' in look) await expectGerman(page, what)
  expect.soft(await axeViolations(page), what).toEqual([])
}

/** Goes through all screens, in the language of the words given. */
async function walk(page: Page, text: Messages, look: (screen: string) => Promise<void>): Promise<void> {
  const sharing = text === de ? sharingDe : sharingEn
  const exportWords = text === de ? exportDe : exportEn
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const file = 'sample.mp4'
  await page.getByRole('heading', { name: text.upload.title }).waitFor()
  await look('upload')
  await page.locator('main summary').click()
  await page.getByLabel((text === de ? fieldsDe : fieldsEn).words).fill('Lindqvist')
  await look('settings')
  await page.locator('main summary').click()
  await page.getByLabel(text.upload.choose, { exact: true }).setInputFiles([write('a.txt', 'text'), quietRecording('b.wav', 2)])
  await page.locator('[data-phase="ready"]').waitFor()
  await look('rows')
  await button(`${text.app.theme}, ${text.app.language}`).click()
  await page.getByLabel(text.app.theme, { exact: true }).waitFor()
  await look('appearance')
  await page.keyboard.press('Escape')

  await button(text.app.jobs(0)).click()
  await page.locator('article[data-status="failed"]').waitFor()
  await look('jobs')
  await button(text.upload.ofFile(text.jobs.download, file)).click()
  await button(text.jobs.moreFormats).waitFor()
  await look('download menu')
  await button(text.jobs.moreFormats).click()
  await page.getByRole('dialog', { name: exportWords.title(file) }).getByText(exportWords.more).click()
  await page.locator('figure[aria-busy="false"]').waitFor()
  await look('downloads')
  await page.keyboard.press('Escape')
  await button(text.jobs.more(file)).click()
  await button(text.jobs.delete).click()
  await page.getByRole('dialog', { name: text.jobs.deleteTitle(file) }).waitFor()
  await look('delete')
  await button(text.jobs.keep).click()

  await page.goto(`${edition.url}/jobs/${kept.completed.id}`)
  await page.getByRole('article', { name: text.viewer.transcript }).locator('p').first().waitFor()
  await look('viewer')
  await page.getByRole('searchbox', { name: text.viewer.search }).fill('the')
  await page.getByText(text.viewer.matches(1, 12)).waitFor()
  await look('search')
  await button(text.viewer.options).click()
  await look('player options')
  await page.keyboard.press('Escape')
  await button(text.viewer.captions).click()
  await page.getByRole('combobox', { name: text.viewer.profile }).waitFor()
  await look('captions')
  await button(text.viewer.asText).click()
  await button(text.editor.title).click()
  const field = page.locator('[contenteditable="plaintext-only"]')
  await field.waitFor()
  await page.keyboard.press('End')
  await page.keyboard.type(' Ja')
  await look('writing')
  await page.keyboard.press('Escape')
  await field.waitFor({ state: 'detached' })
  await button(text.editor.undo).click()
  await button(text.editor.speakers).click()
  await page.getByRole('heading', { name: text.editor.speakers }).waitFor()
  await look('speakers')
  await button(text.editor.versions).click()
  await page.getByRole('heading', { name: text.editor.versions }).waitFor()
  await look('versions')
  await page.keyboard.press('Escape')
  if (await button(text.viewer.keys).isVisible()) {
    await button(text.viewer.keys).click()
    await page.getByRole('dialog', { name: text.viewer.keys }).waitFor()
    await look('keys')
    await page.keyboard.press('Escape')
  }

  await button(text.share.of(file)).click()
  await button(sharing.create).waitFor()
  await look('share')
  await button(sharing.create).click()
  const link = await page.getByLabel(sharing.link, { exact: true }).inputValue()
  await look('link')
  await page.goto('about:blank')
  await page.goto(link)
  await page.getByRole('article', { name: text.viewer.transcript }).locator('p').first().waitFor()
  await look('shared')
  await page.goto('about:blank')
  await page.goto(`${edition.url}/s#${'x'.repeat(43)}`)
  await page.getByRole('heading', { name: sharing.gone }).waitFor()
  await look('over')
  await page.goto(`${edition.url}/nothing`)
  await page.getByText(text.app.notFound).waitFor()
  await look('not found')
}

/** Signed in by the printed link, then as a browser of its own. */
async function walkLibrary(page: Page, text: Messages, look: (screen: string) => Promise<void>): Promise<void> {
  const words = text === de ? libraryDe : libraryEn
  const button = (name: string | RegExp) => page.getByRole('button', { name, exact: true })
  const file = 'sample.mp4'
  await page.goto(edition.link())
  await page.getByText((text === de ? accountDe : accountEn).said['signed-in']).first().waitFor()
  await look('signed in')
  await page.goto(`${edition.url}/library`)
  await page.getByRole('link', { name: file, exact: true }).waitFor()
  await look('library')
  await button(words.menu(file)).click()
  await button(words.editTags).waitFor()
  await look('menu of a row')
  await button(words.rename).click()
  await page.getByLabel(words.renameOf(file)).waitFor()
  await look('another name')
  await page.keyboard.press('Escape')
  await button(words.menu(file)).click()
  await button(words.editTags).click()
  await page.getByRole('combobox', { name: words.addTag }).or(page.getByRole('textbox', { name: words.addTag })).waitFor()
  await page.keyboard.type(MARK)
  await page.keyboard.press('Enter')
  await button(words.removeTag(MARK)).waitFor()
  await look('tags')
  await page.keyboard.press('Escape')
  await page.getByRole('checkbox', { name: words.select(file) }).check()
  await look('selection')
  await button(words.tagAll).click()
  await page.getByRole('dialog').waitFor()
  await look('a tag for many')
  await page.keyboard.press('Escape')
  await button(words.delete).click()
  await page.getByRole('dialog', { name: words.deleteTitle(1) }).waitFor()
  await look('delete')
  await page.keyboard.press('Escape')
  await button(words.unselect).click()
  await page.getByRole('searchbox', { name: words.search }).fill('the')
  await page.locator('mark').first().waitFor()
  await look('search results')
  await page.getByRole('searchbox', { name: words.search }).fill('')
  await button(words.devices).click()
  await page.getByText(words.thisDevice, { exact: true }).waitFor()
  await page.getByLabel(words.link, { exact: true }).waitFor()
  await page.locator('dialog summary').click()
  await look('devices')
  const anew = page.waitForEvent('load') // who has signed out gets a page that knows nothing of them
  await page.getByRole('listitem').filter({ hasText: words.thisDevice }).getByRole('button').click()
  await anew
  await page.getByText(words.emptyBrowser).waitFor()
  await look('nothing')
  await button(words.recovery).click()
  await button(words.keyShow).click()
  await page.getByRole('textbox', { name: words.key, exact: true }).waitFor()
  for (const more of await page.locator('dialog details:not([open]) summary').all()) await more.click()
  await look('recovery key')
  const key = await page.getByRole('textbox', { name: words.key, exact: true }).inputValue()
  await page.goto('about:blank')
  await page.goto(`${edition.url}/#library=${key}`)
  await page.getByRole('dialog', { name: words.offeredTitle }).waitFor()
  await look('a key that a link brought')
}

test('the checks see what they are for', async () => {
  const { page, context } = await kept.open({ ...phone, locale: 'en-US' })
  await page.getByRole('heading', { name: en.upload.title }).waitFor()
  expect((await englishOn(page)).length).toBeGreaterThan(3)
  await page.evaluate(() => {
    const cut = document.createElement('p')
    cut.textContent = 'words '.repeat(40)
    Object.assign(cut.style, { whiteSpace: 'nowrap', overflow: 'hidden', width: '100px' })
    document.querySelector('main')?.append(cut)
  })
  expect((await cutOn(page)).length).toBe(1)
  await context.close()
})
