// Ten hours, 100,000 words in the viewer: `npm run bench`. Prints what web/README.md claims. The build and its policy are
// served from memory; the transcript is made here.
import { readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const ORIGIN = 'http://aisubs.localhost'
const ID = '00000000-0000-4000-8000-000000000001'
const VOCABULARY = ['budget', 'meeting', 'the', 'of', 'quarter', 'and', 'speaker', 'we', 'agree', 'to', 'move']
const PARAGRAPHS = 1667
const WORDS = 60
const WORD_MS = 360

function paragraph(index) {
  const words = Array.from({ length: WORDS }, (_, at) => VOCABULARY[(index * 7 + at * 3) % VOCABULARY.length])
  const starts = words.map((_, at) => (index * WORDS + at) * WORD_MS)
  const offsets = words.map((_, at) => words.slice(0, at).reduce((sum, word) => sum + word.length + 1, 0))
  const conf = words.map((_, at) => ((index + at) % 20 ? 90 : 30))
  const speaker = `Speaker ${(index % 3) + 1}`
  return { id: String(index), speaker, text: words.join(' '), offsets, starts, durations: words.map(() => 200), conf }
}

const duration_ms = PARAGRAPHS * WORDS * WORD_MS
const transcript = {
  ...{ schema: 'aisubs-columns/1', job_id: ID, revision: 0, newest: 0, version: 5, status: 'completed', title: '' },
  ...{ duration_ms, final_until_ms: duration_ms, language: 'en', coverage: null, speakers: {} },
  paragraphs: Array.from({ length: PARAGRAPHS }, (_, index) => paragraph(index)),
}
const starts = Array.from({ length: 10_000 }, (_, cue) => Math.round((cue * duration_ms) / 10_000))
const cues = {
  ...{ profile: 'netflix', revision: 0, limits: {}, starts, ends: starts.map((start) => start + 3000) },
  texts: starts.map((_, cue) => `Line one of cue ${cue}\nand line two`),
  paragraphs: starts.map((_, cue) => String(Math.floor((cue * PARAGRAPHS) / 10_000))),
  violations: starts.flatMap((_, cue) => (cue % 9 ? [] : [{ cue, rule: 'cps', value: 24, limit: 20 }])),
}
const config = {
  ...{ edition: 'local', version: '0', retention_hours: 168, cancel_running: false, model: 'toy', models: ['toy'] },
  limits: { max_upload_bytes: 1e10, max_duration_ms: 4e7, queue_capacity: 3, concurrency: 1 },
  ...{ languages: ['en'], translate: false, diarize: true, live: { kind: 'none' }, push: null, media: true, currency: null },
  profiles: { netflix: 'sentence', bbc: 'sentence', plain: 'sentence' },
}
const job = {
  ...{ job_id: ID, status: 'completed', progress: 100, progress_ms: duration_ms, duration_ms, filename: 'ten-hours.mp4' },
  ...{ cached: false, windows: 1200, version: 5, created_at: new Date().toISOString() },
}

const TYPES = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', html: 'text/html' }
const { csp } = JSON.parse(readFileSync(new URL('../security-headers.json', import.meta.url), 'utf8'))
const policy = Object.entries(csp).map(([name, values]) => [name, ...values].join(' ')).join('; ')

function answer(path) {
  if (path === '/api/jobs/list') return { json: { jobs: [job], gone: [] } }
  if (path === '/api/config') return { json: config }
  if (path.endsWith('/transcript')) return { json: transcript }
  if (path.endsWith('/cues')) return { json: cues }
  if (path.endsWith('/media')) {
    return { status: 410, json: { error: { code: 'recording_gone', message: 'gone', retryable: false } } }
  }
  const name = /\.\w+$/.test(path) ? path.slice(1) : 'index.html'
  const body = readFileSync(new URL(`../dist/${name}`, import.meta.url))
  return { body, contentType: TYPES[name.split('.').pop()], headers: { 'Content-Security-Policy': policy } }
}

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  await context.route('**', (route) => route.fulfill(answer(new URL(route.request().url()).pathname)))
  await context.addInitScript((stored) => {
    localStorage.setItem('aisubs.jobs.v1', stored)
    window.longTasks = []
    const tasks = new PerformanceObserver((list) => window.longTasks.push(...list.getEntries()))
    tasks.observe({ type: 'longtask', buffered: true })
    const first = new MutationObserver(() => {
      if (!document.querySelector('[data-text]')) return
      first.disconnect()
      requestAnimationFrame(() => setTimeout(() => (window.paintedMs = performance.now())))
    })
    first.observe(document, { subtree: true, childList: true })
  }, JSON.stringify([{ id: ID, token: 't', addedAt: 1, last: job }]))
  const page = await context.newPage()
  await page.goto(`${ORIGIN}/jobs/${ID}`)
  await page.waitForFunction(() => window.paintedMs)
  await page.getByText('The recording was deleted').waitFor()
  const measured = await page.evaluate(async () => {
    const loadedMs = performance.now()
    const percentile95 = async (step) => {
      const frames = []
      for (let frame = 0; frame < 150; frame += 1) {
        const began = performance.now()
        step()
        await new Promise((resolve) => requestAnimationFrame(resolve))
        frames.push(performance.now() - began)
      }
      return Math.round(frames.sort((a, b) => a - b)[142])
    }
    const elements = document.getElementsByTagName('*').length
    const scrollMs = await percentile95(() => scrollBy(0, 400))
    scrollTo(0, 0)
    const found = getSelection() !== null && window.find('move', true, true, true)
    getSelection().selectAllChildren(document.querySelector('article'))
    const words = getSelection().toString().split(/\s+/).length
    getSelection().removeAllRanges()
    return {
      'first text, ms (goal 1000)': Math.round(window.paintedMs),
      'elements (goal 8000)': elements,
      'scroll frame p95, ms (goal 33)': scrollMs,
      'longest task after load, ms (goal 200)': longestTask(loadedMs),
      'last words found by find-in-page': found,
      'words copied with everything (goal 100020 and more)': words,
    }
    function longestTask(since) {
      const tasks = window.longTasks.filter((task) => task.startTime > since)
      return Math.round(Math.max(0, ...tasks.map((task) => task.duration)))
    }
  })
  await page.getByRole('button', { name: 'Captions', exact: true }).click()
  await page.locator('.cue').first().waitFor()
  measured['elements of 10,000 captions (goal 8000)'] = await page.evaluate(() => document.getElementsByTagName('*').length)
  console.table(measured)
} finally {
  await browser.close()
}
