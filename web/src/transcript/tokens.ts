/** What a text falls into for being compared: words between spaces, single characters where a script writes none. */

/** Chinese, Japanese, Thai, Lao, Khmer, Burmese. Korean has spaces. */
const UNSPACED =
  /[\p{Script_Extensions=Han}\p{Script_Extensions=Hiragana}\p{Script_Extensions=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}\p{Script=Myanmar}]/u
const OPENING = /[\p{Ps}\p{Pi}]/u
const CLINGING = /[\p{P}\p{S}\u200b-\u200d]/u

const characters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

export interface Extent {
  from: number
  /** Behind the last UTF-16 unit. */
  to: number
}

/** The stretches without white space. */
export const chunks = (text: string): Extent[] =>
  [...text.matchAll(/\S+/gu)].map(({ 0: chunk, index }) => ({ from: index, to: index + chunk.length }))

/** Punctuation stays with the character before it, and an opening bracket with the one behind. */
export function atoms(text: string): Extent[] {
  return chunks(text).flatMap(({ from, to }) => {
    const chunk = text.slice(from, to)
    if (!UNSPACED.test(chunk)) return [{ from, to }]
    return unspacedAtoms(chunk).map((atom) => ({ from: from + atom.from, to: from + atom.to }))
  })
}

/** The place nearest to `caret` at which no word is cut, and not an end of the text; `caret` where there is none. */
export function edgeNear(text: string, caret: number): number {
  const within = atoms(text).find(({ from, to }) => from < caret && caret < to)
  if (!within) return caret
  const edges = [within.from, within.to].filter((edge) => text.slice(0, edge).trim() !== '' && text.slice(edge).trim() !== '')
  return edges.sort((one, other) => Math.abs(one - caret) - Math.abs(other - caret))[0] ?? caret
}

/** Whether [from, to) begins and ends where words do; a script without spaces has words everywhere. */
export function isWhole(text: string, { from, to }: Extent): boolean {
  return [from, to].every((edge) => {
    const [before, behind] = [text.slice(0, edge), text.slice(edge)]
    const cuts = /[\p{L}\p{N}\p{M}]$/u.test(before) && /^[\p{L}\p{N}\p{M}]/u.test(behind)
    return !cuts || separator(before, behind) === ''
  })
}

function unspacedAtoms(chunk: string): Extent[] {
  const found: Extent[] = []
  let at = 0
  let open = false // the last atom is an opening bracket, or Latin letters: it takes what comes
  let latin = false
  for (const { segment: character } of characters.segment(chunk)) {
    const last = found.at(-1)
    const opening = OPENING.test(character)
    const clinging = !opening && CLINGING.test(character)
    const unspaced = !opening && !clinging && UNSPACED.test(character)
    const joins = last !== undefined && (clinging || (open && !opening) || (latin && !unspaced && !opening))
    if (joins) last.to = at + character.length
    else found.push({ from: at, to: at + character.length })
    if (!clinging) {
      open = opening
      latin = !unspaced && !opening
    }
    at += character.length
  }
  return found
}

/** What two spellings of one word have in common: no case, no punctuation. */
export function normalized(word: string): string {
  const letters = word.normalize('NFKC').toLowerCase().replace(/[\p{P}\p{S}]/gu, '')
  return letters || word
}

/** Between two texts that become one: a space, unless the script there writes none. */
export function separator(before: string, after: string): string {
  if (!before || !after) return ''
  const left = before.slice(/[\udc00-\udfff]$/.test(before) ? -2 : -1)
  const right = after.slice(0, /^[\ud800-\udbff]/.test(after) ? 2 : 1)
  return UNSPACED.test(left) && UNSPACED.test(right) ? '' : ' '
}
