// Ten hours with 5,000 captions, whose edges are dragged on the waveform: `make bench-waveform`. Of each frame in which something
// moves the time on the page's thread, from its beginning until it is painted. The peaks and captions are made here, and changes
// are taken and forgotten.
import { readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const ORIGIN = 'http://aisubs.localhost'
const ID = '00000000-0000-4000-8000-000000000001'
const GOAL_MS = 16
const [HOURS, CUES, CUE_MS, GAP_MS, WORDS, FRAME_MS, MOVES] = [10, 5000, 7200, 400, 8, 16, 240]
const duration_ms = HOURS * 3_600_000

const starts = Array.from({ length: CUES }, (_, at) => at * CUE_MS)
const ends = starts.map((start) => start + CUE_MS - GAP_MS)
const word = (at) => ['budget', 'meeting', 'quarter', 'speaker', 'agree'][at % 5]
const texts = starts.map((_, at) => Array.from({ length: WORDS }, (_, index) => word(at + index)).join(' '))
const cues = {
  ...{ profile: 'netflix', revision: 0, limits: { max_cps: 20, max_columns: 42, max_lines: 2 }, starts, ends, texts },
  ...{ paragraphs: starts.map((_, at) => String(at)), words: starts.map(() => 0) },
  ...{ last_paragraphs: starts.map((_, at) => String(at)), last_words: starts.map(() => WORDS - 1) },
  ...{ pins: [], places: [], own: [], violations: [], warnings: [] },
}
const transcript = {
  ...{ schema: 'aisubs-columns/1', job_id: ID, revision: 0, newest: 0, version: 5, status: 'completed', language: 'en' },
  ...{ duration_ms, final_until_ms: duration_ms, title: '', speakers: {}, coverage: null },
  paragraphs: starts.map((start, at) => {
    const words = (texts[at] ?? '').split(' ')
    const offsets = words.map((_, index) => words.slice(0, index).join(' ').length + Math.min(1, index))
    const begins = words.map((_, index) => start + index * 800)
    return { id: String(at), speaker: null, text: words.join(' '), offsets, starts: begins, durations: words.map(() => 600), conf: words.map(() => 90) }
  }),
}
/** Syllables and pauses. */
const peaks = Buffer.from(
  Array.from({ length: duration_ms / FRAME_MS }, (_, frame) => {
    const ms = (frame * FRAME_MS) % CUE_MS
    return ms > CUE_MS - GAP_MS ? 6 + (frame % 3) : 40 + Math.round(120 * Math.abs(Math.sin(frame / 9)) * Math.abs(Math.sin(frame * 7919)))
  }),
)
const job = {
  ...{ job_id: ID, status: 'completed', progress: 100, progress_ms: duration_ms, duration_ms, filename: 'ten-hours.mp4' },
  ...{ cached: false, windows: 1200, version: 5, created_at: new Date().toISOString() },
}

const TYPES = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', html: 'text/html', json: 'application/json' }
let revision = 0

function answer(path, method) {
  if (path === '/api/jobs/list') return { json: { jobs: [job], gone: [] } }
  if (path.endsWith('/transcript')) return { json: transcript }
  if (path.endsWith('/cues')) return { json: cues }
  if (path.endsWith('/peaks')) return { body: peaks, contentType: 'application/octet-stream' }
  if (path.endsWith('/revisions') && method === 'POST') {
    return { status: 201, json: { revision: (revision += 1), saved_at: new Date().toISOString() } }
  }
  if (path.startsWith('/api/')) return { status: 404, json: { error: { code: 'job_not_found', message: '', retryable: false } } }
  const name = /\.\w+$/.test(path) ? path.slice(1) : 'index.html'
  return { body: readFileSync(new URL(`../dist/${name}`, import.meta.url)), contentType: TYPES[name.split('.').pop()] }
}

/** In the page. The first frame request of a move begins the frame, the task behind it ends it: all drawing lies between. */
function stopwatch(stored) {
  localStorage.setItem('aisubs.jobs.v1', stored)
  window.frames = []
  let asked = false
  const note = () => {
    if (asked) return
    asked = true
    requestAnimationFrame(() => {
      asked = false
      const began = performance.now()
      setTimeout(() => window.frames.push(performance.now() - began))
    })
  }
  for (const name of ['pointermove', 'wheel']) addEventListener(name, note, { capture: true, passive: true })
}

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
try {
  const context = await browser.newContext({ viewport: { width: 1920, height: 1080 } })
  await context.route('**', (route) => route.fulfill(answer(new URL(route.request().url()).pathname, route.request().method())))
  await context.addInitScript(stopwatch, JSON.stringify([{ id: ID, token: 't', addedAt: 1, last: job }]))
  const page = await context.newPage()
  await page.goto(`${ORIGIN}/jobs/${ID}?view=captions`)
  const canvas = page.getByRole('slider', { name: 'Waveform' }).locator('canvas')
  await canvas.waitFor()
  const box = await canvas.boundingBox()
  const [y, middle] = [box.y + box.height / 2, box.x + box.width / 2]

  const measured = async (act) => {
    await page.evaluate(() => (window.frames = []))
    await act()
    const sorted = (await page.evaluate(() => window.frames)).sort((a, b) => a - b)
    const at = (share) => Math.round((sorted[Math.floor(sorted.length * share)] ?? Number.NaN) * 10) / 10
    return { frames: sorted.length, 'p50, ms': at(0.5), 'p95, ms': at(0.95), 'goal, ms': GOAL_MS, holds: at(0.95) <= GOAL_MS }
  }
  /** To and fro about a place, as hands do. */
  const drag = (from) => async () => {
    await page.mouse.move(from, y)
    await page.mouse.down()
    for (let move = 1; move <= MOVES; move += 1) await page.mouse.move(from + 60 * Math.sin(move / 20), y)
    await page.mouse.up()
  }
  const zoom = (by, turns) => async () => {
    await page.mouse.move(middle, y)
    await page.keyboard.down('Control')
    for (let turn = 0; turn < turns; turn += 1) await page.mouse.wheel(0, by)
    await page.keyboard.up('Control')
  }
  console.table({
    'an edge, usual zoom': await measured(drag(box.x + ends[0] / 12)),
    'zooming out to ten hours': await measured(zoom(120, 60)),
    'zooming in to two hours': await measured(zoom(-120, 7)),
    'the picture, two hours of it': await measured(drag(middle)),
    'zooming in to seconds': await measured(zoom(-120, 60)),
    'the picture, seconds of it': await measured(drag(middle)),
  })
  if (revision === 0) throw new Error('no edge was dragged')
} finally {
  await browser.close()
}
