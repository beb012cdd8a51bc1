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
  return { id: index, speaker, text: words.join(' '), offsets, starts, durations: words.map(() => 200), conf }
}

const duration_ms = PARAGRAPHS * WORDS * WORD_MS
const columns = {
  schema: 'aisubs-columns/1',
  title: '',
  duration_ms,
  language: 'en',
  paragraphs: Array.from({ length: PARAGRAPHS }, (_, index) => paragraph(index)),
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
  if (path.endsWith('/download/columnar')) return { json: columns }
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
  const measured = await page.evaluate(async () => {
    const loadedMs = performance.now()
    const frames = []
    for (let frame = 0; frame < 150; frame += 1) {
      const began = performance.now()
      scrollBy(0, 400)
      await new Promise((resolve) => requestAnimationFrame(resolve))
      frames.push(performance.now() - began)
    }
    frames.sort((a, b) => a - b)
    scrollTo(0, 0)
    return {
      'first text, ms (goal 1000)': Math.round(window.paintedMs),
      'elements (goal 8000)': document.getElementsByTagName('*').length,
      'scroll frame p95, ms (goal 33)': Math.round(frames[142]),
      'longest task after load, ms (goal 200)': Math.round(
        Math.max(0, ...window.longTasks.filter((task) => task.startTime > loadedMs).map((task) => task.duration)),
      ),
      'last words found by find-in-page': getSelection() !== null && window.find('move', true, true, true),
    }
  })
  console.table(measured)
} finally {
  await browser.close()
}
