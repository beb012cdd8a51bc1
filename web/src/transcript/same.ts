/** Whether two texts say the same: what did not change is not drawn again, and not sent. */
import type { Override, Overrides } from '@/backend/captions.ts'
import type { Paragraph } from '@/backend/transcripts.ts'
import type { TranscriptDocument } from './revised.ts'

const KEYS = ['before', 'start_ms', 'end_ms', 'italic', 'position', 'align'] as const

/** Without what decides nothing, in one order: equal decisions are equal JSON. */
export function normal(override: Override): Override {
  const entries = KEYS.flatMap((key) => {
    const value = override[key]
    return value === undefined || value === false ? [] : [[key, value] as const]
  })
  return Object.fromEntries(entries)
}

/** Undefined where nothing is decided. */
export function normalOverrides(overrides: Overrides | undefined): Overrides | undefined {
  const left = (overrides ?? []).flatMap(([index, one]): Overrides => {
    const shown = normal(one)
    return Object.keys(shown).length > 0 ? [[index, shown]] : []
  })
  return left.length > 0 ? left : undefined
}

export const sameOverrides = (one: Overrides | undefined, other: Overrides | undefined): boolean =>
  one === other || JSON.stringify(normalOverrides(one)) === JSON.stringify(normalOverrides(other))

/** Whether they say the same, at the same times, by the same voice, in the same captions. Who wrote it is no matter. */
export const same = (one: Paragraph | undefined, other: Paragraph | undefined): boolean =>
  sameText(one, other) && sameOverrides(one?.overrides, other?.overrides)

export function sameText(one: Paragraph | undefined, other: Paragraph | undefined): boolean {
  if (one === other) return true
  if (!one || !other) return false
  return (
    one.id === other.id &&
    one.speaker === other.speaker &&
    one.text === other.text &&
    equal(one.offsets, other.offsets) &&
    equal(one.starts, other.starts) &&
    equal(one.durations, other.durations) &&
    equal(one.conf, other.conf)
  )
}

const equal = (one: readonly (number | null)[], other: readonly (number | null)[]): boolean =>
  one.length === other.length && one.every((value, at) => value === other[at])

/** What there is beside words and names; none is no field. */
const layerOf = ({ own, shifts }: TranscriptDocument): Pick<TranscriptDocument, 'own' | 'shifts'> => ({
  ...(own && own.length > 0 ? { own } : {}),
  ...(shifts && shifts.length > 0 ? { shifts } : {}),
})

/** `news`, made of the paragraphs of `known` wherever they are the same, so that nothing is drawn again for them. */
export function reusing(known: TranscriptDocument, news: TranscriptDocument): TranscriptDocument {
  const byId = new Map(known.paragraphs.map((paragraph) => [paragraph.id, paragraph]))
  const paragraphs = news.paragraphs.map((paragraph) => {
    const old = byId.get(paragraph.id)
    return old && same(old, paragraph) && old.edited === paragraph.edited ? old : paragraph
  })
  return { paragraphs, speakers: news.speakers, ...layerOf(news) }
}
