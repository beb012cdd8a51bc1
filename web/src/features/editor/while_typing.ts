import { useCallback, useEffect, useRef, useState } from 'react'
import type { PlayerHandle } from './player_handle.ts'

/** What the recording does while somebody types. */
export const WHILE_TYPING = ['play', 'slow', 'pause'] as const
export type WhileTyping = (typeof WHILE_TYPING)[number]

const KEY = 'aisubs.typing.v1'
const SLOW_RATE = 0.7
const IDLE_MS = 1200

export interface TypingPlayback {
  mode: WhileTyping
  choose: (mode: WhileTyping) => void
  /** Something was typed. */
  typed: () => void
}

export function useWhileTyping(player: PlayerHandle): TypingPlayback {
  const [mode, setMode] = useState(read)
  const patience = useRef<{ timer: ReturnType<typeof setTimeout>; goOn: () => void } | null>(null)
  const end = useCallback((): void => {
    if (!patience.current) return
    clearTimeout(patience.current.timer)
    patience.current.goOn()
    patience.current = null
  }, [])
  useEffect(() => end, [end, player, mode])
  const typed = useCallback((): void => {
    const running = patience.current
    if (running) {
      clearTimeout(running.timer)
      running.timer = setTimeout(end, IDLE_MS)
      return
    }
    const { playing, rate } = player.getSnapshot()
    if (!playing || mode === 'play') return
    const back = mode === 'slow' ? slowed(player, rate) : paused(player)
    patience.current = { timer: setTimeout(end, IDLE_MS), goOn: back }
  }, [player, mode, end])
  const choose = (wanted: WhileTyping): void => {
    setMode(wanted)
    write(wanted)
  }
  return { mode, choose, typed }
}

function slowed(player: PlayerHandle, rate: number): () => void {
  const slow = rate * SLOW_RATE
  player.setRate(slow)
  // Somebody may have chosen another speed meanwhile.
  return () => player.getSnapshot().rate === slow && player.setRate(rate)
}

function paused(player: PlayerHandle): () => void {
  player.toggle()
  return () => player.getSnapshot().playing || player.toggle()
}

function read(): WhileTyping {
  try {
    const kept = localStorage.getItem(KEY)
    return WHILE_TYPING.find((mode) => mode === kept) ?? 'play'
  } catch {
    return 'play'
  }
}

function write(mode: WhileTyping): void {
  try {
    localStorage.setItem(KEY, mode)
  } catch {
    // It holds until the page is left.
  }
}
