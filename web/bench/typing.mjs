// Ten hours, 100,000 words, and somebody who types in the middle of them: `node bench/typing.mjs`, after a build. Time from
// the keystroke to the frame that shows it. The transcript is made here, and changes are taken and forgotten.
import { readFileSync } from 'node:fs'
import { chromium } from 'playwright-core'

const ORIGIN = 'http://aisubs.localhost'
const ID = '00000000-0000-4000-8000-000000000001'
const VOCABULARY = ['budget', 'meeting', 'the', 'of', 'quarter', 'and', 'speaker', 'we', 'agree', 'to', 'move']
const [PARAGRAPHS, WORDS, WORD_MS, KEYSTROKES] = [1667, 60, 360, 80]

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
  ...{ schema: 'aisubs-columns/1', job_id: ID, revision: 0, newest: 0, version: 5, status: 'completed', language: 'en' },
  ...{ duration_ms, final_until_ms: duration_ms, title: '', speakers: {}, coverage: null },
  paragraphs: Array.from({ length: PARAGRAPHS }, (_, index) => paragraph(index)),
}
const job = {
  ...{ job_id: ID, status: 'completed', progress: 100, progress_ms: duration_ms, duration_ms, filename: 'ten-hours.mp4' },
  ...{ cached: false, windows: 1200, version: 5, created_at: new Date().toISOString() },
}

const TYPES = { js: 'text/javascript', css: 'text/css', svg: 'image/svg+xml', html: 'text/html', json: 'application/json' }
let revision = 0

function answer(path, method) {
  if (path === '/api/jobs/list') return { json: { jobs: [job], gone: [] } }
  if (path.endsWith('/transcript')) return { json: transcript }
  if (path.endsWith('/revisions') && method === 'POST') {
    return { status: 201, json: { revision: (revision += 1), saved_at: new Date().toISOString() } }
  }
  if (path.startsWith('/api/')) return { status: 404, json: { error: { code: 'job_not_found', message: '', retryable: false } } }
  const name = /\.\w+$/.test(path) ? path.slice(1) : 'index.html'
  return { body: readFileSync(new URL(`../dist/${name}`, import.meta.url)), contentType: TYPES[name.split('.').pop()] }
}

const executablePath = process.env.CHROMIUM ?? '/usr/bin/chromium'
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox'] })
try {
  const context = await browser.newContext({ viewport: { width: 1280, height: 900 } })
  await context.route('**', (route) => {
    const request = route.request()
    return route.fulfill(answer(new URL(request.url()).pathname, request.method()))
  })
  await context.addInitScript((stored) => {
    localStorage.setItem('aisubs.jobs.v1', stored)
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
  }, JSON.stringify([{ id: ID, token: 't', addedAt: 1, last: job }]))
  const page = await context.newPage()
  await page.goto(`${ORIGIN}/jobs/${ID}`)
  await page.locator('[data-row="800"]').scrollIntoViewIfNeeded()
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.locator('[data-writing]').waitFor()
  await page.keyboard.press('End')
  const devtools = await context.newCDPSession(page)
  await devtools.send('Performance.enable')
  const busy = async () => {
    const { metrics } = await devtools.send('Performance.getMetrics')
    return metrics.find(({ name }) => name === 'TaskDuration').value
  }
  const typed = async (keys) => {
    await page.evaluate(() => (window.latencies = []))
    const before = await busy()
    for (const key of keys) await page.keyboard.press(key, { delay: 20 })
    await page.waitForFunction((count) => window.latencies.length >= count, keys.length)
    const worked = (await busy()) - before
    const sorted = (await page.evaluate(() => window.latencies)).sort((a, b) => a - b)
    const share = { 'work a key, ms': Math.round((worked * 10_000) / keys.length) / 10 }
    return { ...share, 'p50, ms': Math.round(sorted[sorted.length >> 1]), 'p95, ms': Math.round(sorted[Math.floor(sorted.length * 0.95)]) }
  }
  const letters = Array.from({ length: KEYSTROKES }, (_, at) => 'letters '[at % 8])
  console.table({
    'a letter': await typed(letters.map((letter) => (letter === ' ' ? 'Space' : letter))),
    'Enter, then Backspace': await typed(Array.from({ length: 20 }, (_, at) => (at % 2 ? 'Backspace' : 'Enter')).flatMap((key) => ['ArrowLeft', key]).slice(0, 40)),
    'undo': await typed(Array.from({ length: 10 }, () => 'Control+z')),
  })
} finally {
  await browser.close()
}
