/** What a transcript does not tell, or not for sure, in a sentence (aisubs/model/losses.py says the same in English). */
import type { lossesEn } from './en/losses.ts'
import { clock } from './format.ts'
import type { Words } from './words.ts'

export interface Losses {
  unresolved_ms: number
  missing_ms: number
  stretches: number
  places: readonly (readonly [number, number])[]
  cut_at_ms: number | null
  no_speech: boolean
  no_speakers: boolean
  unsaid_words: number
}

const NAMED_PLACES = 3

/** Null where there is nothing to tell. `places`: how many are named. */
export function lossesLine(losses: Losses | null, text: Words<typeof lossesEn>, places = NAMED_PLACES): string | null {
  if (losses === null) return null
  const said = losses.no_speech ? text.noSpeech : unclear(losses, text, places)
  const cut = losses.cut_at_ms === null ? null : text.cut(clock(losses.cut_at_ms))
  const speakers = losses.no_speakers ? text.noSpeakers : null
  const unsaid = losses.unsaid_words === 0 ? null : text.unsaid(losses.unsaid_words)
  return [said, cut, speakers, unsaid].filter((part) => part !== null).join(' ') || null
}

function unclear(losses: Losses, text: Words<typeof lossesEn>, places: number): string | null {
  if (losses.unresolved_ms === 0) return null
  const [time, missing] = [clock(losses.unresolved_ms + 999), clock(losses.missing_ms + 999)]
  const line =
    losses.missing_ms === 0
      ? text.unclear(time)
      : losses.missing_ms < losses.unresolved_ms
        ? text.partlyMissing(time, missing)
        : text.missing(time)
  const named = losses.places.slice(0, places)
  return named.length === 0 ? `${line}.` : text.places(line, named.map(placeName).join(', '), losses.stretches - named.length)
}

/** 0:07-0:12 */
export const placeName = ([from, to]: readonly [number, number]): string => `${clock(from)}-${clock(to + 999)}`
