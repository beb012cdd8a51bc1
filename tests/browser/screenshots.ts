/** Pictures of every state of every screen, into web/screenshots/, from a script and a clock that stands still: the same each
 *  time, to be looked at. `make screenshots`. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { openPage, startBrowser } from './browser.ts'
import { REPOSITORY, SAMPLE } from './edition.ts'
import { quietRecording, removeRecordings, write } from './recordings.ts'
import { Bare, Stage, type Script } from './stage.ts'
import { JOBS, script, stored } from './stage_script.ts'

const FOLDER = join(REPOSITORY, 'web', 'screenshots')
const LOOKS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  tablet: { viewport: { width: 768, height: 1024 } },
  phone: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
  'phone-dark': { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, colorScheme: 'dark' },
  german: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, locale: 'de-DE' },
} as const
type Look = keyof typeof LOOKS
const ALL = Object.keys(LOOKS) as Look[]
const ONE: Look[] = ['desktop']

const stage = new Stage()
let browser: Browser

beforeAll(async () => {
  rmSync(FOLDER, { recursive: true, force: true })
  mkdirSync(FOLDER, { recursive: true })
  ;[browser] = await Promise.all([startBrowser(), stage.start()])
})
afterAll(async () => {
  await browser.close()
  await stage.stop()
  removeRecordings()
})

interface Scene {
  looks?: readonly Look[]
  path?: string
  jobs?: Parameters<typeof stored>[0]
  script?: Script
  play: (page: Page, phone: boolean) => Promise<void>
}

/** One picture per look, named `<scene>.<look>.png`. */
function scene(name: string, { looks = ALL, path = '/', jobs = Object.values(JOBS), script: more = {}, play }: Scene): void {
  test.each(looks)(`${name}, %s`, async (look) => {
    const options = { timezoneId: 'UTC', reducedMotion: 'reduce', ...LOOKS[look] } as const
    const { page, context } = await openPage(browser, stage.url + path, options, (made) =>
      stage.set(made, { ...script(jobs), ...more }, stored(jobs)),
    )
    await play(page, look.startsWith('phone') || look === 'german')
    await page.screenshot({ path: join(FOLDER, `${name}.${look}.png`), animations: 'disabled' })
    await context.close()
  })
}

const JOBS_BUTTON = /^(Jobs|Aufträge)/
const openJobs = async (page: Page): Promise<void> => {
  await page.getByRole('button', { name: JOBS_BUTTON }).click()
  await page.locator('article[data-job]').first().waitFor()
}

scene('upload-empty', { jobs: [], play: (page) => page.getByRole('heading', { level: 1 }).waitFor() })
const choose = async (page: Page, ...files: string[]): Promise<void> =>
  page.locator('main input[type=file]').first().setInputFiles(files)
const start = (page: Page): Promise<void> => page.locator('[data-phase=ready]').first().waitFor().then(() => page.locator('main section button').last().click())
const phase = (page: Page, name: string): Promise<void> => page.locator(`[data-phase=${name}]`).first().waitFor()
const lecture = (): string => quietRecording('lecture-07-thermodynamics.wav', 60, 3)

scene('upload-settings', {
  jobs: [],
  play: async (page) => {
    await page.locator('main summary').click()
    await page.locator('main select').nth(3).selectOption('range')
  },
})
scene('upload-ready', {
  jobs: [],
  play: async (page) => {
    await choose(page, SAMPLE, lecture(), write('notes.txt', 'text'), write('empty.mp3', ''))
    await page.locator('[data-phase=ready]').nth(1).waitFor()
    await page.waitForLoadState('networkidle')
  },
})
scene('upload-dropping', {
  looks: ONE,
  jobs: [],
  play: async (page) => {
    const held = await page.evaluateHandle(() => {
      const data = new DataTransfer()
      data.items.add(new File(['x'], 'x.mp4'))
      return data
    })
    await page.dispatchEvent('body', 'dragover', { dataTransfer: held })
  },
})
scene('upload-preparing', {
  looks: ONE,
  jobs: [],
  play: async (page) => {
    await page.route(/extract\.worker/, () => undefined)
    await choose(page, SAMPLE)
    await start(page)
    await phase(page, 'preparing')
  },
})
scene('upload-sending', {
  jobs: [],
  play: async (page) => {
    await choose(page, lecture(), quietRecording('podcast-episode-112.wav', 40, 5), quietRecording('standup.wav', 20, 6))
    await start(page)
    await page.locator('[data-phase=sending]').nth(1).waitFor()
  },
})
scene('upload-paused', {
  looks: ONE,
  jobs: [],
  play: async (page) => {
    await choose(page, lecture())
    await start(page)
    await phase(page, 'sending')
    await page.getByRole('button', { name: /^Pause/ }).click()
    await phase(page, 'paused')
  },
})
scene('upload-again', {
  looks: ONE,
  jobs: [],
  script: { 'PUT /upload/session': 'offline' },
  play: async (page) => {
    await choose(page, lecture())
    await start(page)
    await phase(page, 'waiting')
  },
})
scene('upload-no-network', {
  looks: ['desktop', 'phone'],
  jobs: [],
  script: { 'PUT /upload/session': 'offline' },
  play: async (page) => {
    await choose(page, lecture())
    await page.locator('[data-phase=ready]').waitFor()
    await page.context().setOffline(true)
    await start(page)
    await phase(page, 'waiting')
  },
})
scene('upload-needs-file', {
  looks: ['desktop', 'phone', 'german'],
  jobs: [],
  play: async (page) => {
    await choose(page, lecture())
    await start(page)
    await phase(page, 'sending')
    page.on('dialog', (dialog) => void dialog.accept())
    await page.reload()
    await phase(page, 'needs-file')
  },
})
scene('upload-busy', {
  looks: ['desktop', 'phone'],
  jobs: [],
  script: { 'POST /api/jobs/submit': { error: { code: 'queue_full', message: 'busy', retryable: true } } },
  play: async (page) => {
    await choose(page, lecture())
    await start(page)
    await phase(page, 'waiting')
  },
})
scene('upload-failed', {
  looks: ONE,
  jobs: [],
  script: { 'POST /api/jobs/submit': { error: { code: 'too_big', message: 'too big', retryable: false } } },
  play: async (page) => {
    await choose(page, lecture())
    await start(page)
    await phase(page, 'failed')
  },
})
scene('upload-cached', {
  looks: ONE,
  jobs: [JOBS.interview],
  script: { 'POST /api/jobs/submit': { job_id: JOBS.cached.job_id, access_token: 'token', status: 'completed', cached: true, upload: null } },
  play: async (page) => {
    await choose(page, lecture())
    await start(page)
    await phase(page, 'submitted')
  },
})
scene('upload-submitted', {
  looks: ['desktop', 'phone'],
  jobs: [JOBS.listening],
  script: { 'PUT /upload/session': new Bare(200) },
  play: async (page) => {
    await choose(page, lecture())
    await start(page)
    await phase(page, 'submitted')
  },
})
scene('jobs', { play: (page) => openJobs(page) })
scene('viewer', {
  path: `/jobs/${JOBS.interview.job_id}`,
  play: async (page) => page.getByRole('article').locator('p').first().waitFor(),
})
scene('share-new', {
  looks: ['desktop', 'dark', 'phone', 'german'],
  path: `/jobs/${JOBS.interview.job_id}`,
  play: async (page) => {
    await page.getByRole('button', { name: /^(Share|Teilen): / }).click()
    await page.getByRole('dialog').getByRole('listitem').first().waitFor()
  },
})
scene('share-made', {
  looks: ['desktop', 'phone'],
  path: `/jobs/${JOBS.interview.job_id}`,
  play: async (page) => {
    await page.getByRole('button', { name: /^Share: / }).click()
    await page.getByRole('button', { name: 'Create link' }).click()
    await page.getByLabel('Link', { exact: true }).waitFor()
  },
})
scene('shared', {
  looks: ['desktop', 'phone', 'german'],
  jobs: [],
  path: '/s#Vx3kq-8Jr2mZ0aB7tLw5YdNfEhCgUoPiSxKcQnRvM1A',
  play: async (page) => page.getByRole('article').locator('p').first().waitFor(),
})
scene('shared-over', {
  looks: ['desktop', 'phone'],
  jobs: [],
  path: '/s#Vx3kq-8Jr2mZ0aB7tLw5YdNfEhCgUoPiSxKcQnRvM1A',
  script: { 'GET /api/shared': { error: { code: 'share_over', message: 'over', retryable: false } } },
  play: async (page) => page.getByRole('heading', { name: 'This link no longer works.' }).waitFor(),
})
scene('not-found', { looks: ONE, path: '/nothing', play: async (page) => page.getByRole('heading').first().waitFor() })
