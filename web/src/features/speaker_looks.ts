/** Colours of speakers, the same wherever one is named: `data-speaker` and `data-dashed` on an element give it
 *  `--speaker` and its bar (viewer.css). */

import type { HTMLAttributes } from 'react'

const COLOURS = 8

export interface SpeakerLook extends HTMLAttributes<HTMLElement> {
  'data-speaker': number
  /** From the ninth on the colours come again, and the bar is dashed. */
  'data-dashed'?: true
}

/** One look for each label, by the order in which they are first heard. */
export function speakerLooks(paragraphs: readonly { speaker: string | null }[]): ReadonlyMap<string, SpeakerLook> {
  const looks = new Map<string, SpeakerLook>()
  for (const { speaker } of paragraphs) {
    if (speaker === null || looks.has(speaker)) continue
    const at = looks.size
    looks.set(speaker, { 'data-speaker': (at % COLOURS) + 1, ...(at >= COLOURS ? { 'data-dashed': true as const } : {}) })
  }
  return looks
}
