import { useEffect, useMemo, useRef, useState } from 'react'
import { asBackendError } from '@/backend/backend.ts'
import { type Pair, type Pairs, pairsOf, reword } from '@/backend/translations.ts'
import type { JobRef } from '@/backend/types.ts'
import { useServices } from '../../services.ts'

/** What somebody wrote that is not saved, and why: a fault's code, or the words that somebody else has saved meanwhile. */
export interface Unsaved {
  text: string
  fault?: { code: string; message: string }
  theirs?: string
}

/** By sentence; outlives the dialog, which people close before they look. */
const unsavedOf = new Map<string, ReadonlyMap<number, Unsaved>>()

export interface Sentences {
  pairs: readonly Pair[]
  /** Being saved, or could not be. */
  unsaved: ReadonlyMap<number, Unsaved>
  /** Whether it is safe. */
  save: (pair: Pair, text: string) => Promise<boolean>
  /** Leaves the sentence as it is. */
  drop: (pair: Pair) => void
}

/** What stands in a pair: where there is no translation, the original. */
export const shownOf = ({ text, source }: Pair): string => text ?? source

/** The sentences of a translation, and correcting them. Saves go one after the other, as each is based on the one before. */
export function useSentences(ref: JobRef, language: string, onLost: (fault: unknown) => void): Sentences {
  const { apiUrl } = useServices()
  const { id, token } = ref
  const key = `${id} ${language}`
  const [pairs, setPairs] = useState<readonly Pair[]>([])
  const [unsaved, setUnsaved] = useState(() => unsavedOf.get(key) ?? new Map<number, Unsaved>())
  const revision = useRef(0)
  const queue = useRef<Promise<unknown>>(Promise.resolve())
  const put = useMemo(
    () => (seq: number, one: Unsaved | null) => {
      const next = new Map(unsavedOf.get(key))
      if (one) next.set(seq, one)
      else next.delete(seq)
      unsavedOf.set(key, next)
      setUnsaved(next)
    },
    [key],
  )
  const take = (found: Pairs): Pairs => {
    revision.current = found.translation.revision
    setPairs(found.pairs)
    return found
  }
  useEffect(() => {
    let left = false
    pairsOf(apiUrl, { id, token }, language).then(
      (found) => !left && take(found),
      (fault: unknown) => !left && onLost(fault),
    )
    return () => void (left = true)
    // What is told of a fault is not what this depends on.
  }, [apiUrl, id, token, language]) // eslint-disable-line react-hooks/exhaustive-deps
  const attempt = async (pair: Pair, text: string): Promise<boolean> => {
    try {
      revision.current = await reword(apiUrl, { id, token }, language, pair.seq, text, revision.current)
    } catch (caught) {
      if (asBackendError(caught).code !== 'revision_conflict') throw caught
      // Somebody saves at the same time, or an answer was lost. Another sentence is no matter.
      const now = take(await pairsOf(apiUrl, { id, token }, language)).pairs.find(({ seq }) => seq === pair.seq)
      if (now && shownOf(now) === text && !now.to_check) {
        put(pair.seq, null)
        return true
      }
      if (now && shownOf(now) === shownOf(pair)) return attempt(pair, text)
      put(pair.seq, { text, theirs: now ? shownOf(now) : '' })
      return false
    }
    put(pair.seq, null)
    const saved = { ...pair, text, doubts: [], corrected: true, to_check: false }
    setPairs((all) => all.map((one) => (one.seq === pair.seq ? saved : one)))
    return true
  }
  const save = (pair: Pair, text: string): Promise<boolean> => {
    put(pair.seq, { text })
    const saved = queue.current.then(() =>
      attempt(pair, text).catch((caught: unknown) => {
        const { code, message } = asBackendError(caught)
        put(pair.seq, { text, fault: { code, message } })
        return false
      }),
    )
    queue.current = saved
    return saved
  }
  return { pairs, unsaved, save, drop: (pair) => put(pair.seq, null) }
}
