/** The longest common subsequence of two lists of words. */

/** Cells of a table that may be filled: more would be felt while typing. Beyond, only beginning and end are compared. */
const MOST_CELLS = 4_000_000

/** For each of `news` the place in `olds` of the same one, or null; the places rise. */
export function commonPairs(olds: readonly string[], news: readonly string[]): (number | null)[] {
  const pairs: (number | null)[] = news.map(() => null)
  const most = Math.min(olds.length, news.length)
  let head = 0
  while (head < most && olds[head] === news[head]) pairs[head] = head++
  let tail = 0
  while (tail < most - head && olds.at(-1 - tail) === news.at(-1 - tail)) {
    tail += 1
    pairs[news.length - tail] = olds.length - tail
  }
  const [before, after] = [olds.slice(head, olds.length - tail), news.slice(head, news.length - tail)]
  if (before.length * after.length > MOST_CELLS) return pairs
  for (const [old, found] of middlePairs(before, after)) pairs[head + found] = head + old
  return pairs
}

function middlePairs(olds: readonly string[], news: readonly string[]): [number, number][] {
  const width = news.length + 1
  const longest = new Uint16Array((olds.length + 1) * width) // of what is left from there on
  for (let old = olds.length - 1; old >= 0; old -= 1) {
    for (let found = news.length - 1; found >= 0; found -= 1) {
      const here = old * width + found
      const [below, beside, across] = [longest[here + width] ?? 0, longest[here + 1] ?? 0, longest[here + width + 1] ?? 0]
      longest[here] = olds[old] === news[found] ? across + 1 : Math.max(below, beside)
    }
  }
  const pairs: [number, number][] = []
  for (let old = 0, found = 0; old < olds.length && found < news.length; ) {
    const here = old * width + found
    if (olds[old] === news[found]) pairs.push([old++, found++])
    else if ((longest[here + width] ?? 0) >= (longest[here + 1] ?? 0)) old += 1
    else found += 1
  }
  return pairs
}
