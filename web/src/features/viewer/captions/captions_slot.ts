import type { ReactNode } from 'react'

/** What changing captions puts into their list, once that is loaded. */
export interface WritingCaptions {
  /** The caption that is written in, and what stands in the place of its text. */
  open: { cue: number; node: ReactNode } | null
  /** Writes in a caption, behind so many characters that are no white space. */
  write: (cue: number, characters?: number) => void
  /** The sound, below the list. */
  lane: ReactNode
}
