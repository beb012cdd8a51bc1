import { type MouseEvent, useState } from 'react'
import type { Align, Position } from '@/backend/captions.ts'
import { exactClock } from '@/i18n/format.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { isDecided, isItalic, italicise, merge, place, release, remove, setTimes, shift, split } from './acts.ts'
import type { Captioning } from './captioning.ts'
import type { CaptionWords } from './caption_words.ts'
import { ShiftDialog } from './shift_dialog.tsx'

const POSITIONS = ['bottom', 'bottom left', 'bottom right', 'top', 'top left', 'top right'] as const

interface Props {
  captioning: Captioning
  cue: number
  words: CaptionWords
  playheadMs: () => number
  durationMs: number
}

/** What keys do to the open caption, and the rest, for those who point or touch. */
export function CaptionTools({ captioning, cue, words, playheadMs, durationMs }: Props) {
  const { board, at, tell } = captioning
  const [shifting, setShifting] = useState(false)
  const row = board.row(cue)
  if (!row) return null
  const again = (): void => captioning.write(cue, 'text', at.current.selected)
  const where = [row.place.position ?? 'bottom', row.place.align].filter((one) => one && one !== 'center').join(' ')
  const choose = (value: string): void => {
    const [position, align] = value.split(' ') as [Position, Align | undefined]
    tell(place(board, cue, position === 'bottom' ? null : position, align ?? null), words.positions[value as (typeof POSITIONS)[number]])
  }
  return (
    <div role="group" aria-label={words.tools} className="writing-tools">
      <Button small kind="quiet" onClick={() => setAt(captioning, cue, 'start', playheadMs(), words)} aria-keyshortcuts="Alt+[">
        {words.setStart}
      </Button>
      <Button small kind="quiet" onClick={() => setAt(captioning, cue, 'end', playheadMs(), words)} aria-keyshortcuts="Alt+]">
        {words.setEnd}
      </Button>
      <Button small kind="quiet" aria-pressed={isItalic(board, cue)} onMouseDown={keepCaret} onClick={() => italicise(board, cue, at.current.selected)}>
        <i>{words.italic}</i>
      </Button>
      <select aria-label={words.position} value={where} onChange={(event) => choose(event.target.value)}>
        {POSITIONS.map((one) => (
          <option key={one} value={one}>
            {words.positions[one]}
          </option>
        ))}
      </select>
      {row.span && (
        <>
          <Button small kind="quiet" onMouseDown={keepCaret} onClick={() => splitHere(captioning, cue, words)}>
            {words.split}
          </Button>
          <Button small kind="quiet" onMouseDown={keepCaret} disabled={cue === 0} onClick={() => mergeHere(captioning, cue, words)}>
            {words.merge}
          </Button>
          {isDecided(board, cue) && (
            <Button small kind="quiet" onClick={() => (tell(release(board, cue), words.released), again())}>
              {words.release}
            </Button>
          )}
        </>
      )}
      <Button small kind="quiet" onClick={() => setShifting(true)}>
        {words.shift}
      </Button>
      {row.own && (
        <Button small kind="quiet" onClick={() => (captioning.close(), tell(remove(board, cue), words.removed))}>
          {words.remove}
        </Button>
      )}
      {shifting && (
        <ShiftDialog
          fromMs={row.start}
          words={words}
          onClose={() => setShifting(false)}
          onShift={(ms) => {
            if (row.start + ms < 0 || (board.cues.ends.at(-1) ?? 0) + ms > durationMs) return false
            const done = shift(board, cue, ms)
            if (done) announce(words.shifted(String(ms / 1000)))
            return done
          }}
        />
      )}
    </div>
  )
}

/** A time of the caption at the place that is heard. */
export function setAt({ board, tell }: Captioning, cue: number, part: 'start' | 'end', ms: number, words: CaptionWords): void {
  const row = board.row(cue)
  if (!row) return
  const wanted = { start: row.start, end: row.end, [part]: Math.round(ms) }
  if (wanted.end <= wanted.start) return announce(words.noLength, 'assertive')
  tell(setTimes(board, cue, { [part]: wanted[part] }), words.timesSet(exactClock(wanted.start), exactClock(wanted.end)))
}

function splitHere(captioning: Captioning, cue: number, words: CaptionWords): void {
  const done = split(captioning.board, cue, captioning.at.current.selected[0])
  if (done) captioning.write(cue + 1)
  captioning.tell(done, words.parted)
}

function mergeHere(captioning: Captioning, cue: number, words: CaptionWords): void {
  const done = merge(captioning.board, cue)
  if (done) captioning.write(cue - 1)
  captioning.tell(done, words.joined)
}

/** A button that is pressed would take the focus, and with it the caret, on which it acts. */
const keepCaret = (event: MouseEvent): void => event.preventDefault()
