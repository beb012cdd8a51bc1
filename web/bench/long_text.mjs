// Ten hours, 100,000 words in the viewer: `npm run bench`. Prints what web/README.md claims.
import { longTalk, onPage, scrolled, TALK_MS as duration_ms, transcriptOf } from './page.mjs'

const paragraphs = longTalk()
const starts = Array.from({ length: 10_000 }, (_, cue) => Math.round((cue * duration_ms) / 10_000))
const cues = {
  ...{ profile: 'netflix', revision: 0, limits: {}, starts, ends: starts.map((start) => start + 3000) },
  texts: starts.map((_, cue) => `Line one of cue ${cue}\nand line two`),
  paragraphs: starts.map((_, cue) => String(Math.floor((cue * paragraphs.length) / 10_000))),
  violations: starts.flatMap((_, cue) => (cue % 9 ? [] : [{ cue, rule: 'cps', value: 24, limit: 20 }])),
}
const config = {
  ...{ edition: 'local', version: '0', retention_hours: 168, cancel_running: false, model: 'toy', models: ['toy'] },
  limits: { max_upload_bytes: 1e10, max_duration_ms: 4e7, queue_capacity: 3, concurrency: 1 },
  ...{ languages: ['en'], translate: false, diarize: true, live: { kind: 'none' }, push: null, media: true, currency: null },
  profiles: { netflix: 'sentence', bbc: 'sentence', plain: 'sentence' },
}
const answers = {
  '/api/config': { json: config },
  '/transcript': { json: transcriptOf(paragraphs, duration_ms) },
  '/cues': { json: cues },
  '/media': { status: 410, json: { error: { code: 'recording_gone', message: 'gone', retryable: false } } },
}

/** In the page. */
function started() {
  window.longTasks = []
  const tasks = new PerformanceObserver((list) => window.longTasks.push(...list.getEntries()))
  tasks.observe({ type: 'longtask', buffered: true })
  const first = new MutationObserver(() => {
    if (!document.querySelector('[data-text]')) return
    first.disconnect()
    requestAnimationFrame(() => setTimeout(() => (window.paintedMs = performance.now())))
  })
  first.observe(document, { subtree: true, childList: true })
}

await onPage({ duration_ms, answers, viewport: { width: 1280, height: 900 }, started }, async (page) => {
  await page.waitForFunction(() => window.paintedMs)
  await page.getByText('The recording was deleted').waitFor()
  const loadedMs = await page.evaluate(() => performance.now())
  const elements = await page.evaluate(() => document.getElementsByTagName('*').length)
  const scrollMs = await page.evaluate(scrolled)
  const measured = await page.evaluate(([loadedMs, elements, scrollMs]) => {
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
  }, [loadedMs, elements, scrollMs])
  await page.getByRole('button', { name: 'Captions', exact: true }).click()
  await page.locator('.cue').first().waitFor()
  measured['elements of 10,000 captions (goal 8000)'] = await page.evaluate(() => document.getElementsByTagName('*').length)
  console.table(measured)
})
