// The page in Chromium with a finished text of any length, for the benches beside this: the build is served from memory, the
// text and all else that is asked for is made there, and changes are taken.
import { readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const ORIGIN = 'http://aisubs.localhost'
export const ID = '00000000-0000-4000-8000-000000000001'
const TYPES = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', html: 'text/html', json: 'application/json' }

const { csp } = JSON.parse(readFileSync(new URL('../security-headers.json', import.meta.url), 'utf8'))
const policy = Object.entries(csp).map(([name, values]) => [name, ...values].join(' ')).join('; ')

const VOCABULARY = ['budget', 'meeting', 'the', 'of', 'quarter', 'and', 'speaker', 'we', 'agree', 'to', 'move']
const [PARAGRAPHS, WORDS, WORD_MS] = [1667, 60, 360]

/** A paragraph of words that begin at `begins` and are said one after the other. */
export function paragraphOf(id, words, begins, spokenMs, speaker = null, conf = () => 90) {
  let length = 0
  const offsets = words.map((word) => (length += word.length + 1) - word.length - 1)
  return { id, speaker, text: words.join(' '), offsets, starts: begins, durations: words.map(() => spokenMs), conf: words.map((_, at) => conf(at)) }
}

/** Ten hours, 100,000 words, every twentieth of them in doubt, by three speakers. */
export const longTalk = () =>
  Array.from({ length: PARAGRAPHS }, (_, index) => {
    const words = Array.from({ length: WORDS }, (_, at) => VOCABULARY[(index * 7 + at * 3) % VOCABULARY.length])
    const begins = words.map((_, at) => (index * WORDS + at) * WORD_MS)
    return paragraphOf(String(index), words, begins, 200, `Speaker ${(index % 3) + 1}`, (at) => ((index + at) % 20 ? 90 : 30))
  })
export const TALK_MS = PARAGRAPHS * WORDS * WORD_MS

export const transcriptOf = (paragraphs, duration_ms, revision = 0) => ({
  ...{ schema: 'aisubs-columns/1', job_id: ID, revision, newest: revision, version: 5, status: 'completed', language: 'en' },
  ...{ duration_ms, final_until_ms: duration_ms, title: '', speakers: {}, coverage: null },
  paragraphs,
})

/** `answers`: by the end of an address what is answered there, or what makes that of the body that was sent. `started`, with
 *  `given`, runs in the page before all else. `act` gets the page when it is at `path`. */
export async function onPage({ duration_ms, answers, viewport, path = '', started = () => undefined, given = null }, act) {
  const job = {
    ...{ job_id: ID, status: 'completed', progress: 100, progress_ms: duration_ms, duration_ms, filename: 'ten-hours.mp4' },
    ...{ cached: false, windows: 1200, version: 5, created_at: new Date().toISOString() },
  }
  const known = { '/api/jobs/list': { json: { jobs: [job], gone: [] } }, ...answers }
  const answer = (request) => {
    const address = new URL(request.url()).pathname
    const end = Object.keys(known).find((one) => address.endsWith(one))
    if (end) return typeof known[end] === 'function' ? known[end](request) : known[end]
    if (address.startsWith('/api/')) return { status: 404, json: { error: { code: 'job_not_found', message: '', retryable: false } } }
    const name = /\.\w+$/.test(address) ? address.slice(1) : 'index.html'
    const body = readFileSync(new URL(`../dist/${name}`, import.meta.url))
    return { body, contentType: TYPES[name.split('.').pop()], headers: { 'Content-Security-Policy': policy } }
  }
  const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
  const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
  try {
    const context = await browser.newContext({ viewport })
    await context.route('**', (route) => route.fulfill(answer(route.request())))
    await context.addInitScript((stored) => localStorage.setItem('aisubs.jobs.v1', stored), JSON.stringify([{ id: ID, token: 't', addedAt: 1, last: job }]))
    await context.addInitScript(started, given)
    const page = await context.newPage()
    await page.goto(`${ORIGIN}/jobs/${ID}${path}`)
    await act(page)
  } finally {
    await browser.close()
  }
}

/** Takes what is changed and forgets it; `count` says how often. */
export function forgetful() {
  const taken = { count: 0, answer: (request) => (request.method() === 'POST' ? saved((taken.count += 1)) : { json: { newest: taken.count, revisions: [] } }) }
  return taken
}
export const saved = (revision) => ({ status: 201, json: { revision, saved_at: new Date().toISOString() } })

/** In the page: of each key the time until the frame that shows what it did. */
export function keyClock() {
  window.latencies = []
  addEventListener(
    'keydown',
    (event) => {
      if (event.key === 'Control') return
      const pressed = performance.now()
      requestAnimationFrame(() => setTimeout(() => window.latencies.push(performance.now() - pressed)))
    },
    { capture: true },
  )
}

/** Presses keys in a page with that clock, and says how long they and the page's thread took. */
export async function typing(page) {
  const devtools = await page.context().newCDPSession(page)
  await devtools.send('Performance.enable')
  const busy = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration').value
  }
  return async (keys) => {
    await page.evaluate(() => (window.latencies = []))
    const before = await busy()
    for (const key of keys) await page.keyboard.press(key, { delay: 20 })
    await page.waitForFunction((count) => window.latencies.length >= count, keys.length)
    const worked = (await busy()) - before
    const sorted = (await page.evaluate(() => window.latencies)).sort((a, b) => a - b)
    const share = { 'work a key, ms': Math.round((worked * 10_000) / keys.length) / 10 }
    return { ...share, 'p50, ms': Math.round(sorted[sorted.length >> 1]), 'p95, ms': Math.round(sorted[Math.floor(sorted.length * 0.95)]) }
  }
}

export const lettersOf = (count) => Array.from({ length: count }, (_, at) => 'letters '[at % 8]).map((letter) => (letter === ' ' ? 'Space' : letter))

/** In the page: the 95th percentile of frames, in ms, while it is scrolled by 400 px in each of 150. */
export async function scrolled() {
  const frames = []
  for (let frame = 0; frame < 150; frame += 1) {
    const began = performance.now()
    scrollBy(0, 400)
    await new Promise((resolve) => requestAnimationFrame(resolve))
    frames.push(performance.now() - began)
  }
  return Math.round(frames.sort((a, b) => a - b)[142])
}
