/** What is decided at words about the captions that they are in (aisubs/model/captions/decisions.py holds the same rules). */
import type { WordAt } from '@/backend/caption_operations.ts'
import type { Override, Overrides } from '@/backend/captions.ts'
import type { Paragraph } from '@/backend/transcripts.ts'
import { normal, normalOverrides, sameOverrides } from './same.ts'

export const FLOWING: Override = {}

export function withOverrides(paragraph: Paragraph, overrides: Overrides | undefined): Paragraph {
  const rest = { ...paragraph }
  delete rest.overrides
  const kept = normalOverrides(overrides)
  return kept ? { ...rest, overrides: kept } : rest
}

/** Whether the word stands in the cue of the word before it, whatever the profile. */
export const continues = ({ before }: Override): boolean => before === 'line' || before === 'join'

/** Whether a cue begins with the word, whatever the profile. */
export const opens = ({ before, start_ms }: Override): boolean => before === 'cue' || start_ms !== undefined

/** An override with other times or another beginning; undefined: as it flows. */
export function changed(override: Override, change: { [K in keyof Override]?: Override[K] | undefined }): Override {
  return normal(Object.fromEntries(Object.entries({ ...override, ...change }).filter(([, value]) => value !== undefined)))
}

/** The decisions of the paragraphs that an operation touches, by word. */
export class Decisions {
  private readonly words = new Map<string, Map<number, Override>>()

  constructor(private readonly paragraph: (id: string) => Paragraph) {}

  at([id, index]: WordAt): Override {
    return this.of(id).get(index) ?? FLOWING
  }

  change(word: WordAt, change: Parameters<typeof changed>[1]): void {
    this.of(word[0]).set(word[1], changed(this.at(word), change))
  }

  clear([id, index]: WordAt): void {
    this.of(id).delete(index)
  }

  /** The paragraphs that are not as they were, with what is decided in them now. */
  anew(): { id: string; overrides: Overrides }[] {
    return [...this.words].flatMap(([id, decided]) => {
      const overrides = normalOverrides([...decided].sort(([one], [other]) => one - other)) ?? []
      return sameOverrides(overrides, this.paragraph(id).overrides) ? [] : [{ id, overrides }]
    })
  }

  private of(id: string): Map<number, Override> {
    let known = this.words.get(id)
    if (!known) this.words.set(id, (known = new Map(this.paragraph(id).overrides ?? [])))
    return known
  }
}

/** These words are one cue, whatever the profile; lines and times that it has stay. */
export function hold(decided: Decisions, words: readonly WordAt[], behind: WordAt | null): void {
  words.forEach((word, number) => {
    const former = decided.at(word)
    decided.change(word, {
      before: number === 0 ? 'cue' : former.before === 'line' ? 'line' : 'join',
      start_ms: number === 0 ? former.start_ms : undefined,
      end_ms: number === words.length - 1 ? former.end_ms : undefined,
    })
  })
  if (behind) decided.change(behind, { before: 'cue' })
}

/** Two cues, of which the second begins with the word number `at` of them. */
export function split(decided: Decisions, words: readonly WordAt[], at: number, behind: WordAt | null): void {
  const [first, last, second] = [words[0], words[at - 1], words[at]]
  if (!first || !last || !second) return
  decided.change(first, { before: 'cue' })
  decided.change(last, { end_ms: undefined })
  decided.change(second, { before: 'cue', start_ms: undefined })
  if (behind) decided.change(behind, { before: 'cue' })
}

/** Lines of the held cue begin with these words. */
export function breakLines(decided: Decisions, words: readonly WordAt[], at: readonly WordAt[]): void {
  const begun = new Set(at.map(String))
  for (const word of words.slice(1)) decided.change(word, { before: begun.has(String(word)) ? 'line' : 'join' })
}
