/** Videos with subtitles, made by the server: asked for, followed, saved, deleted, by keyboard and on a phone. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { Locator, Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { errorsDe } from '@/i18n/errors.de.ts'
import { exportDe } from '@/i18n/de/export.ts'
import { videosDe } from '@/i18n/de/videos.ts'
import { videosEn } from '@/i18n/en/videos.ts'
import { expectAccessible } from './browser.ts'
import { openPanel } from './download_panel.ts'
import { PYTHON, REPOSITORY, SAMPLE } from './edition.ts'
import { KeptJobs } from './kept_jobs.ts'
import { focusedName, tabTo } from './keyboard.ts'
import { opened } from './opened.ts'
import { soundAlone, streamsOf } from './recordings.ts'

const { edition, browser } = await opened()
let kept: KeptJobs

beforeAll(async () => {
  kept = await KeptJobs.make(browser, edition.url, { whole: true })
})

interface Made {
  copy_id: string
  profile: string
  state: string
}

async function fromApi(path = ''): Promise<Response> {
  const { id, token } = kept.completed
  return fetch(`${edition.url}/api/jobs/${id}/videos${path}`, { headers: { Authorization: `Bearer ${token}` } })
}

const madeNow = async (): Promise<Made[]> => ((await (await fromApi()).json()) as { videos: Made[] }).videos

const inPanel = (panel: Locator) => panel.getByRole('region', { name: videosEn.title })

test('by keyboard: a video with a track of subtitles is made, followed, saved and deleted', async () => {
  const { page, context, complaints } = await kept.open({ acceptDownloads: true }, `/jobs/${kept.completed.id}?view=captions`)
  await page.getByRole('combobox', { name: 'Subtitle profile' }).selectOption('bbc')
  const part = inPanel(await openPanel(page, 'sample.mp4'))
  await part.getByRole('button', { name: videosEn.make }).waitFor()
  await tabTo(page, videosEn.make)
  await page.keyboard.press('Enter')
  const name = 'sample.en.subtitled.mp4'
  await part.getByRole('link', { name: videosEn.downloadNamed(name) }).waitFor({ timeout: 60_000 })
  await expectAccessible(page, 'a video with subtitles')
  const [made] = await madeNow()
  expect([made?.profile, made?.state]).toEqual(['bbc', 'completed'])

  await tabTo(page, videosEn.downloadNamed(name))
  const saving = page.waitForEvent('download')
  await page.keyboard.press('Enter')
  const saved = await saving
  expect(saved.suggestedFilename()).toBe(name)
  const path = await saved.path()
  const bytes = Buffer.from(await (await fromApi(`/${made?.copy_id ?? ''}/download`)).arrayBuffer())
  expect(readFileSync(path).equals(bytes)).toBe(true)
  expect(streamsOf(path).sort()).toEqual(['audio', 'subtitle', 'video'])
  expect(shownIn(path)).toBeGreaterThan(1)
  expect(await playsAt(page, path)).toBe(true)

  await tabTo(page, videosEn.delete(name))
  await page.keyboard.press('Enter')
  await part.getByText(name, { exact: true }).waitFor({ state: 'detached' })
  expect(await madeNow()).toEqual([])
  expect(await focusedName(page)).toBe(videosEn.make)
  expect(complaints).toEqual([])
  await context.close()
})

test('on a phone, in German: it fits, and a file without a picture is told so', async () => {
  const sound = await KeptJobs.make(browser, edition.url, { sample: soundAlone('talk.mp4', SAMPLE), whole: true })
  const phone = { viewport: { width: 360, height: 740 }, hasTouch: true, isMobile: true, locale: 'de-DE' }
  const { page, context } = await sound.open(phone, `/jobs/${sound.completed.id}`)
  await page.getByRole('button', { name: 'Herunterladen: talk.mp4' }).tap()
  await page.getByRole('button', { name: 'Weitere Formate und Optionen…' }).tap()
  const part = page.getByRole('dialog', { name: exportDe.title('talk.mp4') }).getByRole('region', { name: videosDe.title })
  await part.getByRole('button', { name: videosDe.make }).tap()
  await part.getByRole('alert').getByText(errorsDe.no_picture).waitFor()
  expect(await page.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(360)
  await expectAccessible(page, 'videos with subtitles, German, phone')
  await context.close()
})

test('where only the sound was sent, nothing of the kind is offered', async () => {
  const sound = await KeptJobs.make(browser, edition.url)
  const { page, context } = await sound.open({}, `/jobs/${sound.completed.id}`)
  const asked = page.waitForResponse((reply) => reply.url().endsWith(`/jobs/${sound.completed.id}/videos`))
  const panel = await openPanel(page, 'sample.mp4')
  await (await asked).finished()
  await panel.locator('figure[aria-busy="false"]').waitFor()
  expect(await inPanel(panel).count()).toBe(0)
  await context.close()
})

/** How many subtitles FFmpeg's own reader shows. */
const shownIn = (path: string): number =>
  Number(
    execFileSync(
      PYTHON,
      ['-c', 'import pathlib, sys; from tests.unit.test_mux import read_back; print(len(read_back(pathlib.Path(sys.argv[1]))[1]))', path],
      { cwd: REPOSITORY, encoding: 'utf8' },
    ),
  )

/** Whether this browser plays the file, with its picture. */
async function playsAt(page: Page, path: string): Promise<boolean> {
  return page.evaluate(async (text) => {
    const video = document.createElement('video')
    video.src = URL.createObjectURL(new Blob([Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0))], { type: 'video/mp4' }))
    await new Promise((resolve, reject) => {
      video.onloadeddata = resolve
      video.onerror = () => reject(new Error(video.error?.message))
    })
    return video.videoWidth > 0 && video.duration > 1
  }, readFileSync(path).toString('base64'))
}
