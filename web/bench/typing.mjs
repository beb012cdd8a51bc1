// Ten hours, 100,000 words, and somebody who types in the middle of them: `node bench/typing.mjs`, after a build. Time from
// the keystroke to the frame that shows it.
import { forgetful, keyClock, lettersOf, longTalk, onPage, TALK_MS, transcriptOf, typing } from './page.mjs'

const answers = { '/transcript': { json: transcriptOf(longTalk(), TALK_MS) }, '/revisions': forgetful().answer }

await onPage({ duration_ms: TALK_MS, answers, viewport: { width: 1280, height: 900 }, started: keyClock }, async (page) => {
  await page.locator('[data-row="800"]').scrollIntoViewIfNeeded()
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  await page.locator('[data-writing]').waitFor()
  await page.keyboard.press('End')
  const typed = await typing(page)
  console.table({
    'a letter': await typed(lettersOf(80)),
    'Enter, then Backspace': await typed(Array.from({ length: 20 }, (_, at) => (at % 2 ? 'Backspace' : 'Enter')).flatMap((key) => ['ArrowLeft', key]).slice(0, 40)),
    'undo': await typed(Array.from({ length: 10 }, () => 'Control+z')),
  })
})
