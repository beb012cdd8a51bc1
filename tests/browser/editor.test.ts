/** Correcting a transcript: in real Chromium, saved by a real edition, with tabs that crash and people who meet. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { en } from '@/i18n/en.ts'
import { expectAccessible, type Watched } from './browser.ts'
import { contentOf, field, pressOut, rows, saved, type Shown, textOf, texts, writeAt } from './editor_page.ts'
import { KeptJobs } from './kept_jobs.ts'
import { openedText } from './opened.ts'

const { edition, kept, api, machine } = await openedText()

async function openText(options: Parameters<KeptJobs['open']>[0] = {}): Promise<Watched> {
  const watched = await kept.open(options, `/jobs/${kept.completed.id}`)
  await rows(watched.page).first().waitFor()
  await watched.page.getByRole('group', { name: /^(Edit|Bearbeiten)$/ }).waitFor()
  return watched
}

const firstText = (shown: Shown): string => shown.paragraphs[0]?.text ?? ''
const type = (page: Page, text: string): Promise<void> => page.keyboard.type(text)

test('whatever is done is saved, undone to the machine’s text and done again', async () => {
  const { page, context, complaints } = await openText()
  const words = firstText(machine()).split(' ')
  const [one = '', two = ''] = words
  await writeAt(page, 0, 0)
  await type(page, 'Certainly ')
  await writeAt(page, 0, `Certainly ${one}`.length)
  await page.keyboard.press('Enter')
  await page.waitForFunction((count) => document.querySelectorAll('[data-row]').length === count, machine().paragraphs.length + 1)
  expect(await texts(page).first().innerText()).toBe(`Certainly ${one}`)
  await page.keyboard.press('Alt+Digit1') // somebody new, for this paragraph
  await page.getByText('Speaker 1').first().waitFor()
  await page.keyboard.press('Control+ArrowUp')
  await page.keyboard.press('Alt+Digit2')
  await writeAt(page, 1, two.length)
  await page.keyboard.press('Alt+Shift+ArrowUp')
  await expect.poll(() => texts(page).first().innerText()).toBe(`Certainly ${one} ${two}`)
  await page.getByRole('button', { name: 'Speakers' }).click()
  const name = page.getByLabel('Name of Speaker 2')
  await name.fill('Anna')
  await name.press('Enter')
  await page.getByLabel('Name of Anna').waitFor()
  await saved(page)
  const edited = await api.transcript()
  expect(edited.speakers).toEqual({ 'Speaker 2': 'Anna' })
  expect(edited.paragraphs.map(({ speaker }) => speaker).slice(0, 2)).toEqual(['Speaker 2', 'Speaker 1'])
  for (const { starts } of edited.paragraphs) expect(starts).toEqual([...starts].sort((a, b) => a - b))

  const other = page.getByLabel('Name of Speaker 1')
  await other.fill('anna')
  await other.press('Enter')
  await page.getByText('Merge Speaker 1 into Anna? 1 paragraph').waitFor()
  await page.getByRole('button', { name: 'Merge', exact: true }).click()
  await other.waitFor({ state: 'detached' })
  await page.getByRole('button', { name: 'Close', exact: true }).click()
  await writeAt(page, 1, 0)
  await page.keyboard.press('Backspace')
  await expect.poll(() => rows(page).count()).toBe(machine().paragraphs.length)
  await page.keyboard.press('Control+s')
  await saved(page)
  const end = await api.transcript()
  expect(textOf(end)).toBe(`Certainly ${textOf(machine())}`)
  expect(await api.srt()).toContain('Certainly')
  expect((await api.srt(0)).includes('Certainly')).toBe(false)

  expect(await pressOut(page, 'Undo')).toBeGreaterThanOrEqual(7)
  await saved(page)
  expect(contentOf(await api.transcript())).toEqual(contentOf(machine()))
  await pressOut(page, 'Redo')
  await saved(page)
  expect(contentOf(await api.transcript())).toEqual(contentOf(end))
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Download: sample.mp4' }).click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /^Subtitles, SRT/ }).click()])
  expect(readFileSync(await download.path(), 'utf8')).toContain('Certainly')
  expect(complaints).toEqual([])
  await context.close()
})

test('an edit outlives a crash of the tab', async () => {
  const { page, context } = await openText()
  await page.route('**/revisions', (route) => route.abort()) // so that only what is kept here can bring it back
  await writeAt(page, 0, 0)
  await type(page, 'Unsaved ')
  await expect.poll(() => keptDrafts(page)).toContain('Unsaved ')
  const gone = page.waitForEvent('crash')
  const devtools = await context.newCDPSession(page)
  devtools.send('Page.crash').catch(() => undefined) // nobody is there any more to answer
  await gone
  const again = await context.newPage()
  await again.goto(`${edition.url}/jobs/${kept.completed.id}`)
  await expect.poll(() => texts(again).first().innerText()).toContain('Unsaved ')
  await saved(again)
  expect(firstText(await api.transcript())).toContain('Unsaved ')
  await expect.poll(() => keptDrafts(again)).toBe('[]')
  await context.close()
})

test('a tab that is closed at once sends its last words, and the next one knows that they were saved', async () => {
  const { page, context, complaints } = await openText()
  await writeAt(page, 0, 0)
  await type(page, 'Goodbye ')
  await page.reload()
  await expect.poll(() => texts(page).first().innerText()).toContain('Goodbye ')
  await saved(page)
  await expect.poll(async () => firstText(await api.transcript())).toContain('Goodbye ')
  expect(await page.getByRole('dialog').count()).toBe(0)
  expect(complaints).toEqual([])
  await context.close()
})

test.each([
  ['Keep mine', 'Mine '],
  ['Take theirs', 'Theirs '],
])('two people change the same words: %s, and both texts stay', async (button, winner) => {
  const [one, other] = [await openText(), await openText()]
  await writeAt(one.page, 0, 0)
  await type(one.page, 'Theirs ')
  await saved(one.page)
  await writeAt(other.page, 0, 0)
  await type(other.page, 'Mine ')
  const dialog = other.page.getByRole('dialog', { name: 'This text was changed in two places' })
  await dialog.waitFor({ timeout: 30_000 })
  await dialog.getByText('Mine ').first().waitFor()
  await dialog.getByText('Theirs ').first().waitFor()
  await expectAccessible(other.page, 'conflict')
  await dialog.getByRole('button', { name: button }).click()
  await dialog.waitFor({ state: 'detached' })
  await saved(other.page)
  expect(firstText(await api.transcript())).toContain(winner)
  expect(await texts(other.page).first().innerText()).toContain(winner)
  const all = await api.allTexts()
  expect([all.some((text) => text.includes('Mine ')), all.some((text) => text.includes('Theirs '))]).toEqual([true, true])
  expect([...one.complaints, ...other.complaints]).toEqual([])
  await one.context.close()
  await other.context.close()
})

test('without a network words are kept, said to be, and saved when it is back', async () => {
  const { page, context, complaints } = await openText()
  await context.setOffline(true)
  await writeAt(page, 0, 0)
  await type(page, 'Underground ')
  await page.getByText('Not saved, offline. Kept on this device.').first().waitFor({ timeout: 30_000 })
  await context.setOffline(false)
  await saved(page)
  expect(firstText(await api.transcript())).toContain('Underground ')
  expect(complaints).toEqual([])
  await context.close()
})

test('who goes on to another field at once keeps it, and what is typed there', async () => {
  const { page, context } = await openText()
  const search = page.getByRole('searchbox', { name: 'Search in the text' })
  // Nothing may be left for the next frame, whatever it is that was pressed.
  for (const view of ['text', 'captions'] as const) {
    if (view === 'captions') await page.getByRole('button', { name: 'Captions', exact: true }).click()
    await page.getByRole('button', { name: 'Edit', exact: true }).evaluate(async (button) => {
      ;(button as HTMLElement).click()
      await Promise.resolve() // what a press does is done before the next event
      document.querySelector<HTMLElement>('input[type=search]')?.focus()
    })
    await field(page).waitFor()
    await page.evaluate(() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve))))
    await type(page, view)
    expect(await search.inputValue()).toContain(view)
    await page.getByRole('button', { name: 'Edit', exact: true }).click()
  }
  expect(contentOf(await api.transcript())).toEqual(contentOf(machine()))
  await context.close()
})

test('what was found is replaced everywhere as one step', async () => {
  const { page, context, complaints } = await openText()
  await writeAt(page, 0, 0)
  await page.keyboard.press('Escape')
  const word = firstText(machine()).split(' ')[1]?.replace(/\W/g, '') ?? ''
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.getByRole('searchbox', { name: 'Search in the text' }).fill(word)
  await page.getByLabel('Replace with').fill('REPLACED')
  await page.getByRole('button', { name: /^Replace all/ }).click()
  await expect.poll(() => texts(page).first().innerText()).toContain('REPLACED')
  await page.getByRole('button', { name: 'Undo', exact: true }).click()
  await expect.poll(() => texts(page).first().innerText()).toBe(firstText(machine()))
  await saved(page)
  expect(contentOf(await api.transcript())).toEqual(contentOf(machine()))
  expect(complaints).toEqual([])
  await context.close()
})

test('older texts are looked at and come back', async () => {
  const { page, context, complaints } = await openText()
  await writeAt(page, 0, 0)
  await type(page, 'Mistaken ')
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Versions' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByRole('button', { name: 'Look: Machine’s text' }).click()
  await dialog.getByText(/^Mistaken/).waitFor()
  await expectAccessible(page, 'a version')
  await dialog.getByRole('button', { name: 'Go back to it' }).click()
  await dialog.waitFor({ state: 'detached' })
  await expect.poll(() => texts(page).first().innerText()).toBe(firstText(machine()))
  expect(contentOf(await api.transcript())).toEqual(contentOf(machine()))
  await page.keyboard.press('Control+z')
  await expect.poll(() => texts(page).first().innerText()).toContain('Mistaken ')
  await writeAt(page, 0, 0)
  await page.getByRole('button', { name: 'Machine’s text' }).click()
  await expect.poll(() => field(page).innerText()).toBe(firstText(machine()))
  expect(complaints).toEqual([])
  await context.close()
})

test('all by keyboard: in, write, split, join, save and out, and Tab is never taken', async () => {
  const { page, context, complaints } = await openText()
  await rows(page).first().locator('button').first().focus()
  await page.keyboard.press('e')
  await field(page).waitFor()
  await type(page, 'By hand ')
  await page.keyboard.press('Tab')
  expect(await page.evaluate(() => document.activeElement?.closest('.writing-tools') !== null)).toBe(true)
  await page.keyboard.press('Shift+Tab')
  expect(await page.evaluate(() => document.activeElement?.hasAttribute('data-writing'))).toBe(true)
  await page.keyboard.press('Enter')
  await expect.poll(() => rows(page).count()).toBe(machine().paragraphs.length + 1)
  await page.keyboard.press('Backspace')
  await expect.poll(() => rows(page).count()).toBe(machine().paragraphs.length)
  await page.keyboard.press('Control+s')
  await saved(page)
  await page.keyboard.press('Escape')
  await field(page).waitFor({ state: 'detached' })
  expect(await page.evaluate(() => document.activeElement?.closest('[data-row]') !== null)).toBe(true)
  expect(firstText(await api.transcript())).toBe(`By hand ${firstText(machine())}`)
  expect(complaints).toEqual([])
  await context.close()
})

test('one hears and writes at once', async () => {
  const { page, context, complaints } = await openText()
  await page.waitForFunction(() => (document.querySelector('video, audio') as HTMLMediaElement | null)?.readyState === 4)
  await writeAt(page, 0, 0)
  const paused = (): Promise<boolean> => page.evaluate(() => (document.querySelector('video, audio') as HTMLMediaElement).paused)
  await page.keyboard.press('Alt+k')
  await expect.poll(paused).toBe(false)
  await type(page, 'k')
  expect(await field(page).innerText()).toMatch(/^k/)
  await page.getByLabel('While typing').selectOption('pause')
  await writeAt(page, 0, 0)
  await type(page, 'x')
  await expect.poll(paused).toBe(true)
  await expect.poll(paused, { timeout: 10_000 }).toBe(false) // goes on when one stops
  await page.keyboard.press('Shift+Space')
  await expect.poll(paused).toBe(true)
  expect(complaints).toEqual([])
  await context.close()
})

test('much text is pasted only after a question, and as text', async () => {
  const { page, context, complaints } = await openText({ permissions: ['clipboard-read', 'clipboard-write'] })
  await writeAt(page, 0, 0)
  await page.evaluate(() => navigator.clipboard.writeText('short\ntwo '))
  await page.keyboard.press('Control+v')
  await expect.poll(() => field(page).innerText()).toBe(`short two ${firstText(machine())}`)
  await page.evaluate(() => navigator.clipboard.writeText('long '.repeat(500)))
  await page.keyboard.press('Control+v')
  const question = page.getByRole('dialog', { name: 'Paste 2,500 characters?' })
  await question.getByRole('button', { name: 'Cancel' }).click()
  expect(await field(page).innerText()).toBe(`short two ${firstText(machine())}`)
  await writeAt(page, 0, 0)
  await page.keyboard.press('Control+v')
  await question.getByRole('button', { name: 'Paste' }).click()
  await expect.poll(async () => (await field(page).innerText()).length).toBeGreaterThan(2500)
  expect(complaints).toEqual([])
  await context.close()
})

test.each(['light', 'dark'] as const)('axe finds nothing while editing, %s', async (colorScheme) => {
  const { page, context, complaints } = await openText({ colorScheme })
  await writeAt(page, 0, 3)
  await page.keyboard.press('Alt+Digit1')
  await page.getByRole('button', { name: 'Speakers' }).click()
  await page.getByLabel('Name of Speaker 1').waitFor()
  await page.getByRole('searchbox', { name: 'Search in the text' }).fill('e')
  await page.getByLabel('Replace with').waitFor()
  await expectAccessible(page, 'editing')
  await page.getByRole('button', { name: 'Versions' }).click()
  await page.getByRole('dialog', { name: 'Versions' }).getByRole('button', { name: 'Look: Machine’s text' }).waitFor()
  await expectAccessible(page, 'versions')
  expect(complaints).toEqual([])
  await context.close()
})

test('on a phone nothing is cut, and everything can be touched', async () => {
  const { page, context } = await openText({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })
  await writeAt(page, 0, 0)
  await page.getByRole('button', { name: 'Speakers' }).click()
  await page.getByText('No speakers were told apart').waitFor()
  const [inner, scroll] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth])
  expect(scroll).toBeLessThanOrEqual(inner ?? 0)
  const controls = page.locator('.edit-bar button:visible, .edit-bar select:visible, .writing-tools button:visible, .writing-tools select:visible')
  const heights = await controls.evaluateAll((all) => all.map((one) => one.getBoundingClientRect().height))
  expect(Math.min(...heights)).toBeGreaterThanOrEqual(44)
  await context.close()
})

test('under the keyboard of a phone the field is in sight, and nothing lies over it', async () => {
  const { page, context } = await openText({ viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true })
  await writeAt(page, 0, 0)
  const standing = (): Promise<string[]> => page.locator('.screen, .controls').evaluateAll((all) => all.map((one) => getComputedStyle(one).position))
  expect(await standing()).toEqual(['sticky', 'fixed'])
  // Like a keyboard, this leaves the page its size and shows less of it.
  const devtools = await context.newCDPSession(page)
  await devtools.send('Emulation.setPageScaleFactor', { pageScaleFactor: 2 })
  await expect.poll(standing).toEqual(['static', 'static'])
  const seen = await field(page).evaluate((element) => {
    const { left, top, bottom } = element.getBoundingClientRect()
    const { offsetTop = 0, height = 0 } = visualViewport ?? {}
    return { inSight: bottom > offsetTop && top < offsetTop + height, free: document.elementFromPoint(left + 8, Math.max(top, offsetTop) + 8) === element }
  })
  expect(seen).toEqual({ inSight: true, free: true })
  await devtools.send('Emulation.setPageScaleFactor', { pageScaleFactor: 1 })
  await expect.poll(standing).toEqual(['sticky', 'fixed'])
  await context.close()
})

test('German is German here too', async () => {
  const { page, context } = await openText({ locale: 'de-DE' })
  await page.getByRole('button', { name: 'Bearbeiten', exact: true }).click()
  await field(page).waitFor()
  await type(page, 'Gewiss ')
  await page.getByRole('button', { name: 'Sprecher', exact: true }).click()
  await page.getByText(/^Gespeichert/).waitFor({ timeout: 30_000 })
  const shown = await page.locator('body').innerText()
  const english = Object.values(en.editor).filter((text): text is string => typeof text === 'string' && text.length > 6)
  expect(english.filter((text) => shown.includes(text))).toEqual([])
  await context.close()
})

/** What this browser keeps of unsaved changes, as JSON. */
const keptDrafts = (page: Page): Promise<string> =>
  page.evaluate(
    () =>
      new Promise<string>((resolve, reject) => {
        const opening = indexedDB.open('aisubs-drafts')
        opening.onerror = () => reject(opening.error ?? new Error('no database'))
        opening.onsuccess = () => {
          const database = opening.result
          if (!database.objectStoreNames.contains('drafts')) return resolve('[]')
          const asked = database.transaction('drafts').objectStore('drafts').getAll()
          asked.onsuccess = () => {
            database.close()
            resolve(JSON.stringify(asked.result))
          }
        }
      }),
  )
