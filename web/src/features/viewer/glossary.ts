/** Terms that must come out so in a translation, as people write them down; the same rules as in aisubs/model/glossary.py. */
import type { Term } from '@/backend/translations.ts'

const BETWEEN = /\t|\s+(?:=|->|→|=>)\s+/
const MOST_TERMS = 500
const MOST_CHARS = 100

export type GlossaryFault = { kind: 'no-term' | 'too-long'; line: number } | { kind: 'two'; term: string } | { kind: 'too-many'; most: number }

/** A term a line; what begins with # is a remark. */
export function readGlossary(text: string): { terms: Term[] } | { fault: GlossaryFault } {
  const found = new Map<string, Term>()
  for (const [at, raw] of text.split(/\r?\n/).entries()) {
    const written = raw.trim()
    if (written === '' || written.startsWith('#')) continue
    const between = BETWEEN.exec(written)
    if (!between) return { fault: { kind: 'no-term', line: at + 1 } }
    const [source, target] = [written.slice(0, between.index), written.slice(between.index + between[0].length)].map(plain) as [string, string]
    if (source === '' || target === '') return { fault: { kind: 'no-term', line: at + 1 } }
    if (source.length > MOST_CHARS || target.length > MOST_CHARS) return { fault: { kind: 'too-long', line: at + 1 } }
    const known = found.get(source.toLowerCase())
    if (known && known.target !== target) return { fault: { kind: 'two', term: source } }
    found.set(source.toLowerCase(), known ?? { source, target })
  }
  if (found.size > MOST_TERMS) return { fault: { kind: 'too-many', most: MOST_TERMS } }
  return { terms: [...found.values()] }
}

export const writeGlossary = (terms: readonly Term[]): string => terms.map(({ source, target }) => `${source} = ${target}`).join('\n')

const plain = (text: string): string => text.trim().replace(/\s+/g, ' ')
