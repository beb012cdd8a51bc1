// Ten hours, 100,000 words in 10,000 captions, and somebody who writes in the middle of them: `make bench-captions`. Time from
// the keystroke to the frame that shows it, and of frames while the list is scrolled. What is written is kept, so that the
// captions that are asked for after each save are those of the text.
import { keyClock, lettersOf, longTalk, onPage, saved, scrolled, TALK_MS, transcriptOf, typing } from './page.mjs'

const [A_CUE, KEY_GOAL_MS, FRAME_GOAL_MS] = [10, 33, 33]
let paragraphs = longTalk()
let revision = 0

/** Of each paragraph every ten words; what is typed more is in the last of it. */
function cues() {
  const parts = paragraphs.flatMap((paragraph) => {
    const count = Math.max(1, Math.round(paragraph.starts.length / A_CUE))
    const [first, end] = [(at) => Math.round((at * paragraph.starts.length) / count), paragraph.text.length]
    return Array.from({ length: count }, (_, at) => {
      const [from, to] = [first(at), first(at + 1)]
      const text = paragraph.text.slice(paragraph.offsets[from], paragraph.offsets[to] ?? end).trim()
      return { id: paragraph.id, from, to: to - 1, start: paragraph.starts[from], end: paragraph.starts[to - 1] + 200, text }
    })
  })
  return {
    ...{ profile: 'netflix', revision, limits: { max_cps: 20, max_columns: 42, max_lines: 2 } },
    ...{ starts: parts.map(({ start }) => start), ends: parts.map(({ end }) => end), texts: parts.map(({ text }) => text) },
    ...{ paragraphs: parts.map(({ id }) => id), words: parts.map(({ from }) => from) },
    ...{ last_paragraphs: parts.map(({ id }) => id), last_words: parts.map(({ to }) => to) },
    ...{ pins: [], places: [], own: [], violations: [], warnings: [] },
  }
}

function take(request) {
  if (request.method() !== 'POST') return { json: { newest: revision, revisions: [] } }
  for (const { op, remove, insert } of request.postDataJSON().operations) {
    if (op !== 'splice') continue
    const at = paragraphs.findIndex(({ id }) => id === remove[0])
    paragraphs = paragraphs.toSpliced(at, remove.length, ...insert)
  }
  return saved((revision += 1))
}

const answers = {
  '/transcript': () => ({ json: transcriptOf(paragraphs, TALK_MS, revision) }),
  '/cues': () => ({ json: cues() }),
  '/peaks': { body: Buffer.alloc(TALK_MS / 16, 90), contentType: 'application/octet-stream' },
  '/revisions': take,
}
const given = { duration_ms: TALK_MS, answers, viewport: { width: 1280, height: 900 }, path: '?view=captions', started: keyClock }

await onPage(given, async (page) => {
  await page.locator('.cue').first().waitFor()
  await page.getByRole('slider', { name: 'Waveform' }).locator('canvas').waitFor()
  const scroll = { 'p95, ms': await page.evaluate(scrolled), 'goal, ms': FRAME_GOAL_MS }
  await page.locator('.cue').nth(20).waitFor()
  const [cue] = await page.locator('.cue').evaluateAll((all) => all.map((one) => Number(one.dataset.cue)).slice(all.length >> 1))
  await page.locator(`[data-cue="${cue}"]`).getByRole('button', { name: /^Play from/ }).focus()
  await page.keyboard.press('e')
  await page.getByRole('textbox', { name: `Text of caption ${cue + 1}` }).waitFor()
  const typed = await typing(page)
  const held = async (keys) => ({ ...(await typed(keys)), 'goal, ms': KEY_GOAL_MS })
  console.table({
    'a frame while scrolling': scroll,
    'a letter': await held(lettersOf(80)),
    'Control+Enter parts, Backspace joins': await held(Array.from({ length: 20 }, (_, at) => (at % 2 ? 'Backspace' : 'Control+Enter'))),
    'undo': await held(Array.from({ length: 10 }, () => 'Control+z')),
  })
  if (revision === 0) throw new Error('nothing was saved')
})
