import type { RefObject } from 'react'
import { LONG_STEP_S, STEP_S } from '../player/controls.tsx'
import type { Doubts } from '../text/doubts.ts'
import type { Action } from './keymap.ts'
import { useKeys } from './keys.ts'
import type { Playback } from '../player/playback.ts'
import { fullScreen } from '../screen_modes.ts'
import { nextSpeed } from '../player/speeds.ts'

interface Given {
  region: RefObject<HTMLElement | null>
  frame: RefObject<HTMLElement | null>
  search: RefObject<HTMLInputElement | null>
  on: boolean
  playback: Playback
  doubts: Doubts
  /** The word that one is at is right. */
  confirm: () => void
  nextTurn: (step: 1 | -1) => void
  nextWarning: (step: 1 | -1) => void
  follow: () => void
  toggleCaptions: () => void
  help: () => void
}

/** What the keys of the table do on this screen; those of editing are obeyed where that is loaded. */
export function useScreenKeys(given: Given): void {
  const { region, frame, search, on, playback, doubts, nextTurn, nextWarning } = given
  const act: Partial<Record<Action, () => void>> = {
    play: playback.toggle,
    back: () => playback.move(-STEP_S),
    forward: () => playback.move(STEP_S),
    longBack: () => playback.move(-LONG_STEP_S),
    longForward: () => playback.move(LONG_STEP_S),
    slower: () => playback.setRate(nextSpeed(playback.getSnapshot().rate, -1)),
    faster: () => playback.setRate(nextSpeed(playback.getSnapshot().rate, 1)),
    nextDoubt: () => doubts.next(1),
    previousDoubt: () => doubts.next(-1),
    confirm: given.confirm,
    nextTurn: () => nextTurn(1),
    previousTurn: () => nextTurn(-1),
    nextWarning: () => nextWarning(1),
    previousWarning: () => nextWarning(-1),
    search: () => search.current?.focus(),
    follow: given.follow,
    captions: given.toggleCaptions,
    fullScreen: () => void fullScreen(frame.current),
    help: given.help,
  }
  useKeys(region, on, act)
}
