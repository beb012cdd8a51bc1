/** Pictures of every state of every screen, into web/screenshots/, from a script and a clock that stands still: the same each
 *  time, to be looked at. `make screenshots`. */
import { mkdirSync, readdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser, Page } from 'playwright-core'
import { afterAll, beforeAll, test } from 'vitest'
import { openPage, startBrowser } from './browser.ts'
import { REPOSITORY, SAMPLE } from './edition.ts'
import { quietRecording, removeRecordings, write } from './recordings.ts'
import { Bare, Stage, type Script } from './stage.ts'
import { libraryScript } from './stage_library.ts'
import { JOBS, script, stored } from './stage_script.ts'

const FOLDER = join(REPOSITORY, 'web', 'screenshots')
const LOOKS = {
  desktop: { viewport: { width: 1280, height: 800 } },
  dark: { viewport: { width: 1280, height: 800 }, colorScheme: 'dark' },
  tablet: { viewport: { width: 768, height: 1024 } },
  phone: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true },
  tall: { viewport: { width: 1280, height: 2700 } },
  'phone-dark': { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, colorScheme: 'dark' },
  german: { viewport: { width: 360, height: 740 }, isMobile: true, hasTouch: true, locale: 'de-DE' },
} as const
type Look = keyof typeof LOOKS
const ALL = (Object.keys(LOOKS) as Look[]).filter((look) => look !== 'tall')
const MAIN: Look[] = ['desktop', 'dark', 'phone']
const ONE: Look[] = ['desktop']

const stage = new Stage()
let browser: Browser

beforeAll(async () => {
  mkdirSync(FOLDER, { recursive: true })
  for (const name of readdirSync(FOLDER)) if (name.endsWith('.png')) rmSync(join(FOLDER, name))
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
  /** As the machine's owner. */
  signedIn?: boolean
  play: (page: Page, phone: boolean) => Promise<void>
}

/** One picture per look, named `<scene>.<look>.png`. */
function scene(name: string, { looks = ALL, path = '/', jobs = Object.values(JOBS), script: more = {}, signedIn = false, play }: Scene): void {
  test.each(looks)(`${name}, %s`, async (look) => {
    const still = { timezoneId: 'UTC', reducedMotion: 'reduce', serviceWorkers: 'block' } as const
    const options = { ...still, permissions: ['notifications'], ...LOOKS[look] }
    const { page, context } = await openPage(browser, stage.url + path, options, async (made) => {
      await stage.set(made, { ...script(jobs), ...more }, stored(jobs))
      if (signedIn) await made.addInitScript(signIn)
    })
    await play(page, look.startsWith('phone') || look === 'german')
    await page.screenshot({ path: join(FOLDER, `${name}.${look}.png`), animations: 'disabled' })
    await context.close()
  })
}

const signIn = (): void => {
  if (location.protocol === 'about:') return
  localStorage.setItem('aisubs.identity.v1', '{"session":{"token":"own_x","id":"s1"},"key":null,"claimedBy":"own_x"}')
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
const interview = `/jobs/${JOBS.interview.job_id}`
const read = async (page: Page): Promise<void> => {
  await page.getByRole('article').locator('p').first().waitFor()
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2)
}
const press = (page: Page, name: string): Promise<void> => page.getByRole('button', { name, exact: true }).click()
const dialog = (page: Page): Promise<void> => page.getByRole('dialog').last().waitFor()
const writeInIt = async (page: Page): Promise<void> => {
  await read(page)
  await press(page, 'Edit')
  await page.locator('[contenteditable="plaintext-only"]').waitFor()
  await page.keyboard.press('Control+End')
  await page.keyboard.type(' Please go on.')
}

scene('jobs', { play: openJobs })
scene('jobs-all', { looks: ['tall'], play: openJobs })
scene('jobs-empty', { looks: MAIN, jobs: [], play: (page) => page.getByRole('button', { name: JOBS_BUTTON }).click() })
scene('jobs-filtered', { looks: ['desktop', 'phone'], path: '/jobs?status=failed', play: (page) => page.locator('article[data-job]').first().waitFor() })
scene('jobs-offline', {
  looks: MAIN,
  script: { 'POST /api/jobs/list': 'offline', 'GET /api/jobs/*': 'offline' },
  play: async (page) => {
    await openJobs(page)
    await page.getByText(/ - data may be stale/).first().waitFor()
  },
})
scene('jobs-downloads', {
  looks: MAIN,
  jobs: [JOBS.interview, JOBS.german],
  play: async (page) => {
    await openJobs(page)
    await press(page, 'Download: interview.mp4')
    await page.getByRole('button', { name: 'More formats and choices…' }).waitFor()
  },
})
scene('jobs-delete', {
  looks: MAIN,
  jobs: [JOBS.interview],
  play: async (page) => {
    await openJobs(page)
    await press(page, 'More for interview.mp4')
    await press(page, 'Delete…')
    await dialog(page)
  },
})
scene('notify-card', {
  looks: MAIN,
  jobs: [JOBS.interview],
  play: async (page) => {
    await openJobs(page)
    await page.getByRole('button', { name: 'Turn on' }).waitFor()
  },
})
scene('appearance', {
  looks: ONE,
  play: async (page) => {
    await press(page, 'Colours, Language')
    await page.getByRole('combobox', { name: 'Colours' }).waitFor()
  },
})

scene('viewer', { path: interview, play: read })
scene('viewer-playing', {
  looks: MAIN,
  path: interview,
  play: async (page) => {
    await read(page)
    await page.getByRole('article').locator('button').nth(3).click()
    await page.waitForFunction(() => CSS.highlights.has('spoken'))
  },
})
scene('viewer-search', {
  looks: MAIN,
  path: `${interview}?q=tape`,
  play: async (page) => {
    await read(page)
    await page.getByText('1 of 1').waitFor()
  },
})
scene('viewer-editing', { looks: MAIN, path: interview, play: writeInIt })
scene('viewer-captions', {
  looks: [...MAIN, 'german'],
  path: `${interview}?view=captions`,
  play: async (page) => {
    await page.locator('.cue').first().waitFor()
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2)
  },
})
scene('viewer-speakers', {
  looks: MAIN,
  path: interview,
  play: async (page) => {
    await read(page)
    await press(page, 'Speakers')
    await page.getByRole('heading', { name: 'Speakers' }).waitFor()
  },
})
scene('viewer-one-speaker', {
  looks: [...MAIN, 'german'],
  path: interview,
  play: async (page) => {
    await read(page)
    await page.getByRole('button', { name: /Professor Lindqvist \d+ %$/ }).click()
  },
})
scene('viewer-versions', {
  looks: MAIN,
  path: interview,
  play: async (page) => {
    await read(page)
    await press(page, 'Versions')
    await page.getByRole('dialog').getByRole('listitem').first().waitFor()
  },
})
scene('viewer-keys', {
  looks: ONE,
  path: interview,
  play: async (page) => {
    await read(page)
    await press(page, 'Keyboard shortcuts')
    await dialog(page)
  },
})
scene('viewer-recording-gone', {
  looks: MAIN,
  path: interview,
  script: { 'POST /api/jobs/*/media': { error: { code: 'recording_gone', message: 'gone', retryable: false } } },
  play: (page) => page.getByText('Choose your own copy to listen').first().waitFor(),
})
scene('viewer-live', {
  looks: MAIN,
  path: `/jobs/${JOBS.listening.job_id}`,
  play: (page) => page.getByRole('article').locator('p').first().waitFor(),
})
scene('share-new', {
  looks: ['desktop', 'dark', 'phone', 'german'],
  path: interview,
  play: async (page) => {
    await page.getByRole('button', { name: /^(Share|Teilen): / }).click()
    await page.getByRole('dialog').getByRole('listitem').first().waitFor()
  },
})
scene('share-made', {
  looks: ['desktop', 'phone'],
  path: interview,
  play: async (page) => {
    await press(page, 'Share: interview.mp4')
    await press(page, 'Create link')
    await page.getByLabel('Link', { exact: true }).waitFor()
  },
})
scene('shared', { looks: ['desktop', 'phone', 'german'], jobs: [], path: '/s#Vx3kq-8Jr2mZ0aB7tLw5YdNfEhCgUoPiSxKcQnRvM1A', play: read })
scene('shared-over', {
  looks: ['desktop', 'phone'],
  jobs: [],
  path: '/s#Vx3kq-8Jr2mZ0aB7tLw5YdNfEhCgUoPiSxKcQnRvM1A',
  script: { 'GET /api/shared': { error: { code: 'share_over', message: 'over', retryable: false } } },
  play: (page) => page.getByRole('heading', { name: 'This link no longer works.' }).waitFor(),
})
const library = { path: '/library', script: libraryScript(), signedIn: true }
const rows = (page: Page): Promise<void> => page.locator('tr[data-row]').first().waitFor()
scene('library', { ...library, looks: ALL, play: rows })
scene('library-selected', {
  ...library,
  looks: MAIN,
  play: async (page) => {
    await rows(page)
    for (const at of [1, 3, 4]) await page.locator('tr[data-row] input[type=checkbox]').nth(at).click()
    await page.getByRole('group', { name: '3 selected' }).waitFor()
  },
})
scene('library-menu', {
  ...library,
  looks: ['desktop', 'phone'],
  play: async (page) => {
    await rows(page)
    await press(page, 'More for standup.m4a')
    await page.getByRole('button', { name: 'Rename' }).waitFor()
  },
})
scene('library-tags', {
  ...library,
  looks: ['desktop', 'phone'],
  play: async (page) => {
    await rows(page)
    await press(page, 'More for Council meeting, 16 November')
    await page.getByRole('button', { name: 'Tags' }).click()
    await page.getByLabel('Add a tag').waitFor()
  },
})
scene('library-search', {
  ...library,
  path: '/library?q=archive',
  looks: MAIN,
  play: async (page) => {
    await rows(page)
    await page.locator('mark').first().waitFor()
  },
})
scene('library-devices', {
  ...library,
  looks: MAIN,
  play: async (page) => {
    await rows(page)
    await press(page, 'Devices')
    await page.getByRole('img', { name: 'QR code of the link' }).waitFor()
  },
})
scene('library-key', {
  ...library,
  signedIn: false,
  looks: [...MAIN, 'german'],
  play: async (page) => {
    await page.getByRole('button', { name: /Recovery key|Schlüssel/ }).click()
    await page.getByRole('dialog').getByRole('button').first().click()
    await page.getByRole('dialog').locator('svg').first().waitFor()
  },
})
scene('library-offered', {
  ...library,
  path: '/#library=lib_0123456789abcdefghjkmnpqrs',
  signedIn: false,
  looks: ['desktop', 'phone'],
  play: (page) => page.getByRole('dialog').waitFor(),
})
scene('library-empty', { ...library, script: libraryScript([]), looks: ['desktop', 'phone'], play: (page) => page.getByText('Nothing here yet').waitFor() })
scene('not-found', { looks: ONE, path: '/nothing', play: (page) => page.getByText('There is nothing at this address.').waitFor() })
scene('misconfigured', {
  looks: MAIN,
  path: '/nothing',
  play: async (page) => {
    // What a build would hold whose environment nobody checked.
    await page.route(/assets\/index.*\.js$/, async (route) => {
      const built = await (await route.fetch()).text()
      await route.fulfill({ contentType: 'text/javascript', body: built.replace('BASE_URL:', 'VITE_API_URL:`api.example.org`,BASE_URL:') })
    })
    await page.reload()
    await page.getByRole('heading', { name: 'This page is not set up' }).waitFor()
  },
})
