// Ten hours with 5,000 captions, whose edges are dragged on the waveform: `make bench-waveform`. Of each frame in which something
// moves the time on the page's thread, from its beginning until it is painted. The peaks and captions are made here, and changes
// are taken and forgotten.
import { forgetful, onPage, paragraphOf, transcriptOf } from './page.mjs'

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
const paragraphs = starts.map((start, at) => {
  const words = texts[at].split(' ')
  return paragraphOf(String(at), words, words.map((_, index) => start + index * 800), 600)
})
/** Syllables and pauses. */
const peaks = Buffer.from(
  Array.from({ length: duration_ms / FRAME_MS }, (_, frame) => {
    const ms = (frame * FRAME_MS) % CUE_MS
    return ms > CUE_MS - GAP_MS ? 6 + (frame % 3) : 40 + Math.round(120 * Math.abs(Math.sin(frame / 9)) * Math.abs(Math.sin(frame * 7919)))
  }),
)
/** In the page. The first frame request of a move begins the frame, the task behind it ends it: all drawing lies between. */
function stopwatch() {
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

const changes = forgetful()
const answers = {
  '/transcript': { json: transcriptOf(paragraphs, duration_ms) },
  '/cues': { json: cues },
  '/peaks': { body: peaks, contentType: 'application/octet-stream' },
  '/revisions': changes.answer,
}

await onPage({ duration_ms, answers, viewport: { width: 1920, height: 1080 }, path: '?view=captions', started: stopwatch }, async (page) => {
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
  if (changes.count === 0) throw new Error('no edge was dragged')
})
