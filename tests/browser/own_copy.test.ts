/** One's own copy of a recording, chosen once: after a reload it is there again, by itself or by one click. */
import { readFileSync } from 'node:fs'
import type { BrowserContext, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { expectAccessible, openPage, type Watched } from './browser.ts'
import { SAMPLE } from './edition.ts'
import { KeptJobs } from './kept_jobs.ts'
import { opened } from './opened.ts'
import { quietRecording } from './recordings.ts'

const { edition, browser } = await opened()
let kept: KeptJobs

beforeAll(async () => {
  kept = await KeptJobs.make(browser, edition.url)
})

/** Nobody can answer the browser's dialogs from here. The file that is chosen is real, and so is its handle: one of the page's
 *  own. `asks`: as after a reload, the browser wants a click before it opens the file again. */
async function openJob(asks: boolean): Promise<Watched> {
  const prepare = async (context: BrowserContext): Promise<void> => {
    await context.addInitScript((askedFirst) => {
      const choose = async () => [await (await navigator.storage.getDirectory()).getFileHandle('talk.mp4')]
      Object.assign(globalThis, { showOpenFilePicker: choose })
      if (!askedFirst || !('FileSystemHandle' in globalThis)) return // about:blank has none
      let given = false
      Object.assign(FileSystemHandle.prototype, {
        queryPermission: () => Promise.resolve(given ? 'granted' : 'prompt'),
        requestPermission: () => Promise.resolve((given = navigator.userActivation.isActive) ? 'granted' : 'prompt'),
      })
    }, asks)
  }
  const watched = await openPage(browser, edition.url, {}, prepare)
  await watched.page.evaluate((list) => localStorage.setItem('aisubs.jobs.v1', list), kept.list)
  await place(watched.page, SAMPLE)
  await watched.page.goto(new URL(`/jobs/${kept.completed.id}`, edition.url).href)
  return watched
}

/** The copy, or none. */
async function place(page: Page, path: string | null): Promise<void> {
  const bytes = path === null ? null : readFileSync(path).toString('base64')
  await page.evaluate(async (text) => {
    const folder = await navigator.storage.getDirectory()
    if (text === null) return folder.removeEntry('talk.mp4')
    const writable = await (await folder.getFileHandle('talk.mp4', { create: true })).createWritable()
    await writable.write(Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0)))
    await writable.close()
  }, bytes)
}

/** The browser has written down so many copies: to the disk, which takes its time. */
const keeps = (page: Page, count: number): Promise<void> =>
  expect
    .poll(() =>
      page.evaluate(async () => {
        if (!(await indexedDB.databases()).some(({ name }) => name === 'aisubs-copies')) return 0
        const answer = <T,>(request: IDBRequest<T>): Promise<T> =>
          new Promise((resolve, reject) => {
            request.onsuccess = () => resolve(request.result)
            request.onerror = () => reject(request.error ?? new Error('IndexedDB'))
          })
        const database = await answer(indexedDB.open('aisubs-copies'))
        const kept = database.objectStoreNames.length > 0 ? await answer(database.transaction('handles').objectStore('handles').count()) : 0
        database.close()
        return kept
      }),
    )
    .toBe(count)

const picture = (page: Page): Promise<unknown> =>
  page.waitForFunction(() => {
    const video = document.querySelector('video')
    return video?.src.startsWith('blob:') === true && video.videoWidth > 0
  })
const show = (page: Page) => page.locator('button', { hasText: 'Show the picture from your copy' })
const again = (page: Page) => page.getByRole('button', { name: 'Open talk.mp4 again' })

test('where only the sound was sent, the picture is shown from the own copy, and after a reload by one click', async () => {
  const { page, context, complaints } = await openJob(true)
  // On black a word once had the colour of its button; axe does not judge what lies over a video.
  expect(await show(page).evaluate((button) => ['color', 'backgroundColor'].map((name) => getComputedStyle(button)[name as 'color']))).toEqual(['rgb(18, 29, 29)', 'rgb(255, 255, 255)'])
  await show(page).click()
  await picture(page)
  await keeps(page, 1)
  await page.reload()
  await again(page).waitFor()
  await expectAccessible(page, 'own copy, again')
  await again(page).click()
  await picture(page)

  await place(page, null)
  await page.reload()
  await again(page).click()
  await show(page).waitFor() // it is asked for anew
  await expect.poll(() => again(page).count()).toBe(0)
  await keeps(page, 0)
  await page.reload()
  await show(page).waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

test('it opens by itself where the browser allows that, and another recording is not kept', async () => {
  const { page, context, complaints } = await openJob(false)
  await show(page).click()
  await picture(page)
  await keeps(page, 1)
  await page.reload()
  await picture(page)

  await place(page, quietRecording('other.wav', 4))
  await page.reload()
  await page.getByText('That recording has another length').waitFor()
  await keeps(page, 0)
  await place(page, SAMPLE)
  await page.reload()
  await show(page).waitFor()
  expect(complaints).toEqual([])
  await context.close()
})
