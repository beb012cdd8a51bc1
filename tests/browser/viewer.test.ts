/** The viewer against a real server: what is heard, marked, captioned, searched and pressed. */
import { execFileSync } from 'node:child_process'
import { readdirSync, readFileSync, renameSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { expectAccessible, openPage, type Watched } from './browser.ts'
import { openPanel, saveAs } from './download_panel.ts'
import { Edition, PYTHON, REPOSITORY, SAMPLE } from './edition.ts'
import { opened } from './opened.ts'
import { quietRecording, write } from './recordings.ts'

const MEETING = join(REPOSITORY, 'tests', 'toy_model', 'samples', 'meeting.opus')

const { edition, browser } = await opened({ QUEUE_CAPACITY: '50', STALE_AFTER_S: '120' })
let jobs: string

interface Stored {
  id: string
  token: string
  last: { status: string; filename: string }
}

beforeAll(async () => {
  const { page, context } = await openPage(browser, edition.url)
  await page.getByLabel('Choose files', { exact: true }).setInputFiles([SAMPLE, MEETING])
  await page.getByText('Change', { exact: true }).click()
  await page.getByLabel('Of videos, upload').selectOption('whole')
  await page.getByRole('button', { name: 'Transcribe 2 files' }).click()
  await page.locator('article[data-status="completed"]').nth(1).waitFor({ timeout: 120_000 })
  jobs = await page.evaluate(() => localStorage.getItem('aisubs.jobs.v1') ?? '')
  await context.close()
})

function stored(name: string): Stored {
  const found = (JSON.parse(jobs) as Stored[]).find(({ last }) => last.filename === name)
  if (!found) throw new Error(`${name} is not among the jobs`)
  return found
}

async function openViewer(name: string, search = '', options: Parameters<typeof openPage>[2] = {}): Promise<Watched> {
  const watched = await openPage(browser, edition.url, options)
  await watched.page.evaluate((list) => localStorage.setItem('aisubs.jobs.v1', list), jobs)
  await watched.page.goto(new URL(`/jobs/${stored(name).id}${search}`, edition.url).href)
  return watched
}

const text = (page: Page) => page.getByRole('article', { name: 'Transcript' })
const slider = (page: Page) => page.getByRole('slider', { name: 'Position in the recording' })
const profiles = (page: Page) => page.getByRole('combobox', { name: 'Subtitle profile' })
const playerReady = (page: Page) => page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2)
const place = (page: Page): Promise<number> => page.evaluate(() => document.querySelector('video')?.currentTime ?? -1)

test('the recording plays by ranges, and the marked word is the one that is spoken, at 1× and at 2×', async () => {
  const { page, context, complaints } = await openViewer('sample.mp4')
  const ranges: number[] = []
  page.on('response', (reply) => {
    if (reply.request().headers()['range']) ranges.push(reply.status())
  })
  await playerReady(page)
  const { id, token } = stored('sample.mp4')
  for (const speed of ['1', '2']) {
    await page.getByLabel('Speed').selectOption(speed)
    await slider(page).focus()
    await page.keyboard.press('Home')
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    const { frames, right } = await page.evaluate(watchWords, { id, token, untilS: 14 })
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    expect(frames).toBeGreaterThan(100)
    expect(right / frames, `${speed}×`).toBeGreaterThanOrEqual(0.99)
  }
  expect(ranges).toContain(206)
  expect(complaints).toEqual([])
  await context.close()
})

/** Runs in the page: at every frame, is the marked word the one in which the recording is? Where none is marked, none
 *  may be spoken. 80 ms either way. */
async function watchWords({ id, token, untilS }: { id: string; token: string; untilS: number }) {
  const TOLERANCE_MS = 80
  const reply = await fetch(`/api/jobs/${id}/transcript`, { headers: { Authorization: `Bearer ${token}` } })
  const { paragraphs } = (await reply.json()) as {
    paragraphs: { id: string; offsets: number[]; starts: number[]; durations: number[] }[]
  }
  const video = document.querySelector('video')
  let [frames, right] = [0, 0]
  while (video && video.currentTime < untilS) {
    await new Promise(requestAnimationFrame)
    if (video.paused) continue
    const ms = video.currentTime * 1000
    const [range] = [...(CSS.highlights.get('spoken') ?? [])]
    const around = (start: number, end: number, by: number): boolean => ms >= start - by && ms < end + by
    const shown = paragraphs.find((one) => one.id === range?.startContainer.parentElement?.dataset['text'])
    const word = shown?.offsets.indexOf(range?.startOffset ?? -1) ?? -1
    const start = shown?.starts[word] ?? -1
    const spoken = paragraphs.some((one) => one.starts.some((from, at) => around(from, from + (one.durations[at] ?? 0), -TOLERANCE_MS)))
    frames += 1
    right += Number(word >= 0 ? around(start, start + (shown?.durations[word] ?? 0), TOLERANCE_MS) : !spoken)
  }
  return { frames, right }
}

test('a click on a word goes there and neither starts nor stops; a drag selects', async () => {
  const { page, context } = await openViewer('sample.mp4')
  await playerReady(page)
  const box = await text(page).locator('p').first().boundingBox()
  if (!box) throw new Error('no text')
  await page.mouse.click(box.x + box.width / 2, box.y + 45)
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 1)
  expect(await page.evaluate(() => document.querySelector('video')?.paused)).toBe(true)
  const before = await place(page)
  await page.mouse.move(box.x + 5, box.y + 15)
  await page.mouse.down()
  await page.mouse.move(box.x + 200, box.y + 15, { steps: 5 })
  await page.mouse.up()
  expect(await page.evaluate(() => getSelection()?.toString().length ?? 0)).toBeGreaterThan(5)
  expect(await place(page)).toBe(before)
  await page.waitForFunction(() => /[?&]t=\d+/.test(location.search))
  await context.close()
})

test('an address names a place, a search and a view', async () => {
  const { page, context } = await openViewer('meeting.opus', '?t=100&q=bob&view=captions')
  await playerReady(page)
  await page.waitForFunction(() => Math.floor(document.querySelector('video')?.currentTime ?? 0) === 100)
  await page.getByRole('list', { name: 'Captions' }).waitFor()
  await page.getByRole('button', { name: 'Text', exact: true }).click()
  await page.getByText(/^4 of \d+$/).waitFor() // the one that is nearest to 100 s
  await page.waitForFunction(() => !location.search.includes('view='))
  expect(new URL(page.url()).searchParams.get('q')).toBe('bob')
  await context.close()
})

test('a recording whose address has ended goes on from a fresh one, at the same place', async () => {
  const { page, context } = await openViewer('meeting.opus')
  await playerReady(page)
  await slider(page).focus()
  await page.keyboard.press('PageUp')
  await page.waitForFunction(() => Math.floor(document.querySelector('video')?.currentTime ?? 0) === 60)
  // Ten seconds later than it is, for an address that fails at once would be taken for a recording that cannot be played.
  await page.evaluate(() => {
    const now = Date.now.bind(Date)
    Date.now = () => now() + 20_000
  })
  // As of a signature that has ended: every range is refused, also one that was under way, until a new address is asked for.
  let ended = true
  const asked = page.waitForRequest((request) => {
    const isFresh = request.url().endsWith('/media') && request.method() === 'POST'
    if (isFresh) ended = false
    return isFresh
  })
  await page.route('**/files/**', (route) => (ended ? route.fulfill({ status: 403 }) : route.continue()))
  await page.evaluate(() => document.querySelector('video')?.load())
  await asked
  await page.waitForFunction(() => {
    const video = document.querySelector('video')
    return video !== null && video.readyState >= 2 && Math.floor(video.currentTime) === 60
  })
  await context.close()
})

test('the player shows the captions that are listed, in every profile, and what breaks a rule leads to its text', async () => {
  const { page, context, complaints } = await openViewer('sample.mp4', '?view=captions')
  await playerReady(page)
  const rows = page.locator('.cue')
  for (const profile of ['netflix', 'bbc']) {
    const answer = page.waitForResponse((reply) => reply.url().includes(`profile=${profile}`))
    await profiles(page).selectOption(profile === 'netflix' ? 'plain' : profile)
    if (profile === 'netflix') await profiles(page).selectOption(profile)
    const { texts, starts } = (await (await answer).json()) as { texts: string[]; starts: number[] }
    await expect.poll(() => rows.locator('p').allTextContents()).toEqual(texts)
    for (const cue of [0, 3, texts.length - 1]) {
      await rows.nth(cue).getByRole('button', { name: /^Play from/ }).click()
      await page.waitForFunction((from) => Math.abs((document.querySelector('video')?.currentTime ?? -1) - from) < 0.01, (starts[cue] ?? 0) / 1000)
      const listed = await rows.nth(cue).locator('p').textContent()
      await expect.poll(() => page.evaluate(activeCaption), { timeout: 15_000 }).toBe(listed)
      expect(await rows.nth(cue).getAttribute('aria-current')).toBe('true')
    }
  }
  // The British read slowly: this speech is too fast for them.
  await page.getByText(/^\d+ warnings?$/).waitFor()
  await page.getByRole('heading', { level: 1 }).click()
  await page.keyboard.press('w')
  const warned = rows.filter({ has: page.getByText(/^Too fast: \d+ chars\/s, limit 15$/) }).first()
  expect(await warned.locator('button').first().evaluate((button) => button === document.activeElement)).toBe(true)
  await warned.getByRole('button', { name: /^Edit the text/ }).click()
  await page.locator('.cue').getByRole('textbox', { name: /^Text of caption/ }).waitFor()
  expect(complaints).toEqual([])
  await context.close()
})

test('what is downloaded is what is shown, and a switch that was changed is told to the formats that have it', async () => {
  const { page, context } = await openViewer('sample.mp4', '?view=captions')
  await profiles(page).selectOption('bbc')
  const shown = page.locator('.cue p')
  await expect.poll(() => shown.count()).toBeGreaterThan(0)
  const count = await shown.count()
  const wanted = page.waitForRequest((request) => request.url().includes('/download/srt'))
  await page.getByRole('button', { name: 'Download: sample.mp4' }).click()
  const [quick] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /^Subtitles, SRT/ }).click()])
  expect(new URL((await wanted).url()).search).toBe('?profile=bbc')
  const srt = readFileSync(await quick.path(), 'utf8')
  expect(srt.trim().split(/\r?\n\r?\n/)).toHaveLength(count)
  const panel = await openPanel(page, 'sample.mp4')
  expect(await panel.getByRole('combobox', { name: 'Subtitle profile' }).inputValue()).toBe('bbc')
  expect(readFileSync(await (await saveAs(panel, 'Subtitles, SRT')).path(), 'utf8')).toBe(srt)
  await panel.getByRole('radio', { name: 'Plain text' }).check()
  await panel.getByLabel('Times before paragraphs').check()
  expect(readFileSync(await (await saveAs(panel, 'Plain text')).path(), 'utf8')).toMatch(/^\[?0?0:00/)
  await panel.getByLabel('Windows line ends').check()
  await panel.getByLabel('Mark as UTF-8 (BOM)').check()
  expect(readFileSync(await (await saveAs(panel, 'Subtitles, SRT')).path()).subarray(0, 6).toString('hex')).toBe('efbbbf310d0a')
  await context.close()
})

function activeCaption(): string | undefined {
  const [track] = [...(document.querySelector('video')?.textTracks ?? [])]
  const [cue] = [...(track?.activeCues ?? [])] as VTTCue[]
  return cue?.text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
}

test('captions follow the text that is edited', async () => {
  const { page, context, complaints } = await openViewer('meeting.opus')
  await text(page).locator('p').first().waitFor()
  const { id, token } = stored('meeting.opus')
  await page.evaluate(saveInAnotherTab, { id, token })
  await page.getByRole('button', { name: 'Captions', exact: true }).click()
  await page.evaluate(() => dispatchEvent(new Event('focus')))
  await page.locator('.cue p', { hasText: 'Aardvarks & <zebras>' }).first().waitFor()
  await page.getByRole('button', { name: 'Text', exact: true }).click()
  await text(page).getByText('Aardvarks & <zebras>').waitFor()
  const panel = await openPanel(page, 'meeting.opus')
  const save = async (): Promise<string> => readFileSync(await (await saveAs(panel, 'Subtitles, SRT')).path(), 'utf8')
  expect(await save()).toContain('Aardvarks')
  await panel.getByRole('combobox', { name: 'Version' }).selectOption('As the machine wrote it')
  expect((await save()).includes('Aardvarks')).toBe(false)
  expect(complaints).toEqual([])
  await context.close()
})

/** Runs in the page, past it: the first paragraph becomes another, as if somebody else had changed it. */
async function saveInAnotherTab({ id, token }: { id: string; token: string }): Promise<void> {
  const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json' }
  const reply = await fetch(`/api/jobs/${id}/transcript`, { headers })
  const { revision, paragraphs } = (await reply.json()) as { revision: number; paragraphs: { id: string; offsets: number[] }[] }
  const words = 'Aardvarks & <zebras>'
  const [first] = paragraphs
  const insert = [{ ...first, text: words, offsets: [0, 10, 12], starts: [0, 1000, 2000], durations: [900, 900, 900], conf: [null, null, null] }]
  const body = JSON.stringify({ operations: [{ op: 'splice', remove: [first?.id], before: null, insert }] })
  const saved = await fetch(`/api/jobs/${id}/revisions`, { method: 'POST', headers: { ...headers, 'If-Match': `"${revision}"` }, body })
  if (!saved.ok) throw new Error(await saved.text())
}

test('when the recording is gone, one’s own copy is heard, and another recording is not', async () => {
  const mortal = await new Edition().start()
  try {
    const { page, context, complaints } = await openPage(browser, mortal.url)
    await page.getByLabel('Choose files', { exact: true }).setInputFiles(SAMPLE)
    await page.getByText('Change', { exact: true }).click()
    await page.getByLabel('Of videos, upload').selectOption('whole')
    await page.getByRole('button', { name: 'Transcribe', exact: true }).click()
    await page.locator('article[data-status="completed"]').waitFor({ timeout: 120_000 })
    forgetRecordings(mortal.home)
    await page.getByRole('link', { name: 'Open: sample.mp4' }).first().click()
    await page.getByText('The recording was deleted. Choose your own copy to listen.').waitFor()
    await expectAccessible(page, 'recording gone')
    const picker = page.getByLabel('Choose your copy').and(page.locator('input'))
    await picker.setInputFiles(quietRecording('other.wav', 4))
    await page.getByText('That recording has another length').waitFor()
    expect(await page.locator('video').getAttribute('src')).toBeNull()
    await picker.setInputFiles(SAMPLE)
    await playerReady(page)
    await text(page).locator('button').last().click()
    await page.getByRole('button', { name: 'Play', exact: true }).click()
    await page.waitForFunction(() => (CSS.highlights.get('spoken')?.size ?? 0) === 1)
    expect(complaints).toEqual([])
    await context.close()
  } finally {
    await mortal.stop()
  }
})

/** What the rule of a bucket does to old objects. */
function forgetRecordings(home: string): void {
  const uploads = join(home, 'data', 'store', 'objects', 'uploads')
  expect(readdirSync(uploads)).toHaveLength(1)
  renameSync(uploads, join(home, 'forgotten-uploads'))
}

test('keys work in the viewer, never while one types, and can be switched off', async () => {
  const { page, context } = await openViewer('sample.mp4')
  await playerReady(page)
  await page.keyboard.press('Space')
  await page.waitForFunction(() => document.querySelector('video')?.paused === false)
  await page.keyboard.press('k')
  await page.waitForFunction(() => document.querySelector('video')?.paused === true)
  await slider(page).focus()
  await page.keyboard.press('Home')
  await page.keyboard.press('l')
  await page.waitForFunction(() => document.querySelector('video')?.currentTime === 2)
  await page.keyboard.press('Control+Alt+l')
  await page.keyboard.press('.')
  await expect.poll(() => page.getByLabel('Speed').inputValue()).toBe('1.25')
  expect(await place(page)).toBe(2)
  await page.keyboard.press('c')
  await expect.poll(() => page.getByRole('button', { name: 'Show captions' }).getAttribute('aria-pressed')).toBe('false')
  await page.keyboard.press('/')
  await page.keyboard.type('jumps lkj')
  expect(await page.getByRole('searchbox').inputValue()).toBe('jumps lkj')
  expect(await place(page)).toBe(2)
  await page.keyboard.press('Escape')
  await page.keyboard.press('?')
  const sheet = page.getByRole('dialog', { name: 'Keyboard shortcuts' })
  await sheet.getByText('Play or pause').waitFor()
  await expectAccessible(page, 'keys')
  await sheet.getByRole('checkbox').uncheck()
  await page.keyboard.press('Escape')
  await sheet.waitFor({ state: 'detached' })
  await slider(page).focus()
  await page.keyboard.press('l')
  await page.keyboard.press('ArrowRight') // the slider's own, which stay
  await page.waitForFunction(() => document.querySelector('video')?.currentTime === 7)
  await context.close()
})

test('the text follows the recording until one scrolls, and goes back when asked', async () => {
  const { page, context } = await openViewer('meeting.opus', '?t=200', { viewport: { width: 1100, height: 500 } })
  await playerReady(page)
  const spokenRow = text(page).locator('[aria-current]')
  await spokenRow.waitFor()
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await page.waitForFunction(() => document.querySelector('video')?.paused === false)
  await page.mouse.move(800, 300)
  await page.mouse.wheel(0, -5000)
  const pill = page.getByRole('button', { name: /^Back to \d/ })
  await pill.waitFor()
  await page.waitForFunction(() => scrollY === 0)
  await pill.click()
  await pill.waitFor({ state: 'detached' })
  await expect.poll(() => spokenRow.evaluate((row) => row.getBoundingClientRect().top > 0 && row.getBoundingClientRect().top < innerHeight)).toBe(true)
  await context.close()
})

test('the text of a running job is read as it comes, and heard', async () => {
  const speech = write('hearing.wav', '')
  execFileSync(PYTHON, [join(REPOSITORY, 'tests', 'browser', 'viewer_speech.py'), speech, MEETING, '4'])
  const { page, context, complaints } = await openPage(browser, edition.url)
  await page.getByLabel('Choose files', { exact: true }).setInputFiles(speech)
  await page.getByRole('button', { name: 'Transcribe', exact: true }).click()
  await page.locator('[data-phase="submitted"]').waitFor()
  const [job = { id: '', token: '' }] = await page.evaluate(() => JSON.parse(localStorage.getItem('aisubs.jobs.v1') ?? '[]') as Stored[])
  const truth = async (): Promise<{ status: string; windows: number }> => {
    const reply = await fetch(new URL(`/api/jobs/${job.id}`, edition.url), { headers: { Authorization: `Bearer ${job.token}` } })
    return (await reply.json()) as { status: string; windows: number }
  }
  await expect.poll(async () => (await truth()).windows, { timeout: 120_000, interval: 20 }).toBeGreaterThan(0)
  const worker = workerOf(job.id)
  process.kill(worker, 'SIGSTOP')
  try {
    expect((await truth()).status).toBe('processing')
    await page.goto(new URL(`/jobs/${job.id}`, edition.url).href)
    await page.getByText(/Final up to \d+:\d\d$/).waitFor()
    await text(page).locator('p').first().waitFor()
    await page.getByLabel('Choose your copy').and(page.locator('input')).setInputFiles(speech)
    await page.waitForFunction(() => document.querySelector('video')?.src.startsWith('blob:') === true)
    await playerReady(page)
  } finally {
    process.kill(worker, 'SIGCONT')
  }
  const soFar = await text(page).innerText()
  await page.getByText(/^17:2\d · Completed$/).waitFor({ timeout: 120_000 })
  await expect.poll(async () => (await text(page).innerText()).length, { timeout: 30_000 }).toBeGreaterThan(soFar.length)
  expect(await page.evaluate(() => document.querySelector('video')?.src.startsWith('blob:'))).toBe(true)
  expect(complaints).toEqual([])
  await context.close()
})

/** The process that works on a job; it says so in its own record. */
function workerOf(jobId: string): number {
  const folder = join(edition.home, 'data', 'executions')
  const records = readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .map((name) => JSON.parse(readFileSync(join(folder, name), 'utf8')) as { job_id: string; name: string })
  const pid = Number(records.find((record) => record.job_id === jobId)?.name.split(':')[0])
  expect(pid).toBeGreaterThan(1)
  return pid
}

test('a browser that cannot mark words points out the paragraph', async () => {
  const context = await browser.newContext({ locale: 'en-US' })
  await context.addInitScript(() => Reflect.deleteProperty(globalThis, 'Highlight'))
  await context.addInitScript((list) => localStorage.setItem('aisubs.jobs.v1', list), jobs)
  const page = await context.newPage()
  const faults: string[] = []
  page.on('pageerror', (fault) => faults.push(fault.message))
  await page.goto(new URL(`/jobs/${stored('meeting.opus').id}?q=the`, edition.url).href)
  await playerReady(page)
  await text(page).locator('button').last().click()
  await page.waitForFunction(() => [...document.querySelectorAll('[data-row]')].at(-1)?.getAttribute('aria-current') === 'true')
  expect(faults).toEqual([])
  await context.close()
})

test.each(['light', 'dark'] as const)('axe finds nothing in the viewer, %s', async (colorScheme) => {
  const { page, context, complaints } = await openViewer('sample.mp4', '?q=the&t=5', { colorScheme })
  await playerReady(page)
  await text(page).locator('p').first().waitFor()
  await expectAccessible(page, 'text')
  await page.getByRole('button', { name: 'Captions', exact: true }).click()
  await profiles(page).selectOption('bbc')
  await page.getByText(/^Too fast/).first().waitFor()
  await expectAccessible(page, 'captions')
  await page.getByRole('button', { name: 'Player options' }).click()
  await page.getByLabel('Size of captions').selectOption('l')
  await expectAccessible(page, 'options')
  expect(complaints).toEqual([])
  await context.close()
})

test.each([
  [360, 740],
  [320, 256],
])('nothing is cut off or too small to touch at %i × %i', async (width, height) => {
  const { page, context } = await openViewer('sample.mp4', '', { viewport: { width, height }, hasTouch: true, isMobile: true })
  await playerReady(page)
  await text(page).locator('p').first().waitFor()
  for (const view of ['Text', 'Captions']) {
    await page.getByRole('button', { name: view, exact: true }).click()
    await page.locator(view === 'Text' ? '[data-text]' : '.cue').first().waitFor()
    const [inner, whole] = await page.evaluate(() => [innerWidth, document.documentElement.scrollWidth])
    expect(whole).toBeLessThanOrEqual(inner ?? 0)
    const sizes = await page.locator('main button:visible').evaluateAll((all) =>
      all.filter((one) => !one.closest('.cue')).map((one) => [one.getAttribute('aria-label') ?? one.textContent, one.getBoundingClientRect().height] as const),
    )
    expect(sizes.filter(([, size]) => size < 44)).toEqual([])
  }
  // At 400 percent of zoom the window is low: nothing may stay in front of the text.
  const covering = await page.evaluate(() =>
    [...document.querySelectorAll('[data-covers]')].filter((one) => ['fixed', 'sticky'].includes(getComputedStyle(one).position)).length,
  )
  expect(covering).toBe(height < 480 ? 0 : 2)
  await context.close()
})

test('ten hours are few elements, all of them to be found and copied', async () => {
  const { page, context, complaints } = await openPage(browser, edition.url)
  await page.evaluate((list) => localStorage.setItem('aisubs.jobs.v1', list), jobs)
  await page.route(`**/api/jobs/${stored('sample.mp4').id}/transcript`, (route) => route.fulfill({ json: longTranscript() }))
  await page.goto(new URL(`/jobs/${stored('sample.mp4').id}`, edition.url).href)
  await text(page).locator('p').first().waitFor()
  await page.getByRole('group', { name: 'Edit' }).waitFor()
  const seen = await page.evaluate(() => {
    const selection = getSelection()
    const found = (globalThis as unknown as { find: (text: string) => boolean }).find('aardvarkend')
    const at = selection?.anchorNode?.parentElement?.dataset['text']
    selection?.selectAllChildren(document.querySelector('article') ?? document.body)
    const words = selection?.toString().match(/word\d+x|aardvarkend/g)?.length
    return { elements: document.getElementsByTagName('*').length, found, at, words }
  })
  expect(seen).toMatchObject({ found: true, at: String(PARAGRAPHS - 1), words: PARAGRAPHS * WORDS })
  expect(seen.elements).toBeLessThan(8000)
  // A doubtful word is pointed out where keys go on from it, and said.
  await page.keyboard.press('n')
  await page.keyboard.press('Shift+n')
  await page.getByRole('status').getByText(/^word\d+x|aardvarkend: 30 % sure$/).waitFor()
  expect(await page.evaluate(() => document.activeElement?.closest('[data-row]')?.getAttribute('data-row'))).toBe(String(PARAGRAPHS - 1))
  expect(await page.evaluate(() => CSS.highlights.get('doubtful')?.size ?? 0)).toBeGreaterThan(0)
  // What was not drawn yet is gone to, and is where it should be.
  await page.getByRole('searchbox').fill('aardvarkend')
  await page.waitForFunction(() => (CSS.highlights.get('match')?.size ?? 0) === 1)
  await expect.poll(() => text(page).locator('p').last().evaluate((last) => {
    const { top, bottom } = last.getBoundingClientRect()
    return top < innerHeight && bottom > 0
  })).toBe(true)
  expect(complaints).toEqual([])
  await context.close()
})

const PARAGRAPHS = 1667
const WORDS = 60

/** 100,020 words of two voices, larger than what the page parses by itself. */
function longTranscript(): object {
  const paragraphs = Array.from({ length: PARAGRAPHS }, (_, index) => {
    const words = Array.from({ length: WORDS }, (_, at) => `word${index * WORDS + at}x`)
    if (index === PARAGRAPHS - 1) words[WORDS - 1] = 'aardvarkend'
    const starts = words.map((_, at) => (index * WORDS + at) * 360)
    const offsets: number[] = []
    for (const [at, word] of words.entries()) offsets.push(at === 0 ? 0 : (offsets[at - 1] ?? 0) + (words[at - 1] ?? word).length + 1)
    const conf = words.map((_, at) => (at % 20 ? 90 : 30))
    return { id: String(index), speaker: `S${index % 2}`, text: words.join(' '), offsets, starts, durations: words.map(() => 200), conf }
  })
  const duration_ms = PARAGRAPHS * WORDS * 360
  return {
    ...{ schema: 'aisubs-columns/1', revision: 0, newest: 0, version: 1, status: 'completed', title: '', language: 'en' },
    ...{ duration_ms, final_until_ms: duration_ms, coverage: null, speakers: { S0: 'Anna' }, paragraphs },
  }
}
