/** Pictures of every state of every screen, into web/screenshots/, from a script and a clock that stands still: the same each
 *  time, to be looked at. `make screenshots`. */
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { openPage, startBrowser } from './browser.ts'
import { REPOSITORY } from './edition.ts'
import { removeRecordings } from './recordings.ts'
import { Stage, type Script } from './stage.ts'
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
