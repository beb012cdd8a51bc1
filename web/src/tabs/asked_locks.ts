/** Locks for pages that have no Web Locks: the tabs ask each other, and one that does not answer is gone. */
import * as v from 'valibot'
import { newId } from '@/ids.ts'
import { type Bus, openBus } from './bus.ts'
import type { Locks } from './locks.ts'

/** Messages reach tabs that nobody looks at within a few milliseconds; timers there would come once a minute. */
const ANSWER_MS = 400
/** How often somebody who waits finds out whether the holder is still there. */
const AGAIN_MS = 2_000

const Said = v.object({ kind: v.picklist(['asks', 'wants', 'has', 'leaves']), name: v.string(), from: v.string(), to: v.optional(v.string()) })
type Said = v.InferOutput<typeof Said>

const isLeave = (said: Said): boolean => said.kind === 'leaves'

export function askedLocks(): Locks {
  const me = newId()
  const mine = new Map<string, { has: boolean }>()
  const heard = new Set<(said: Said) => void>()
  const bus: Bus<Said> = openBus('locks', Said)
  const tell = (kind: Said['kind'], name: string, to?: string): void => bus.tell({ kind, name, from: me, ...(to ? { to } : {}) })
  const isNo = (said: Said): boolean => said.kind === 'has' && said.to === me
  bus.listen((said) => {
    const state = mine.get(said.name)
    if (state?.has && (said.kind === 'asks' || said.kind === 'wants')) tell('has', said.name, said.from)
    // Of two that want it at once, the one with the smaller name takes it; the other one hears this, or sees it below.
    else if (state && said.kind === 'wants' && me < said.from) tell('has', said.name, said.from)
    for (const listener of heard) listener(said)
  })
  const leaveAll = (): void => {
    for (const [name, { has }] of mine) if (has) tell('leaves', name)
  }
  if ('document' in globalThis) addEventListener('pagehide', leaveAll)

  /** What is said of `name` within `ms`; null: nothing. */
  const listen = (name: string, fits: (said: Said) => boolean, ms: number, signal?: AbortSignal): Promise<Said | null> =>
    new Promise((resolve) => {
      const end = (said: Said | null): void => {
        clearTimeout(timer)
        heard.delete(hear)
        signal?.removeEventListener('abort', stop)
        resolve(said)
      }
      const hear = (said: Said): void => void (said.name === name && fits(said) && end(said))
      const stop = (): void => end(null)
      const timer = setTimeout(stop, ms)
      heard.add(hear)
      signal?.addEventListener('abort', stop)
    })

  return {
    async hold(name, signal) {
      while (mine.has(name)) {
        await listen(name, isLeave, AGAIN_MS, signal)
        if (signal?.aborted) throw new DOMException('', 'AbortError')
      }
      const state = { has: false }
      mine.set(name, state)
      for (;;) {
        const objection = listen(name, (said) => isNo(said) || (said.kind === 'wants' && said.from < me), ANSWER_MS, signal)
        tell('wants', name)
        const free = (await objection) === null
        if (signal?.aborted) {
          mine.delete(name)
          throw new DOMException('', 'AbortError')
        }
        if (free) break
        await listen(name, isLeave, AGAIN_MS, signal)
      }
      state.has = true
      return () => {
        if (mine.get(name) === state) mine.delete(name)
        tell('leaves', name)
      }
    },
    async isHeld(name) {
      if (mine.get(name)?.has) return true
      const answer = listen(name, isNo, ANSWER_MS)
      tell('asks', name)
      return (await answer) !== null
    },
  }
}
