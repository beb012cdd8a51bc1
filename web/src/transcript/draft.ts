/** Changes that the server has not confirmed, kept on this device: a crash of the tab loses nothing. Each open editor has
 *  a draft of its own, and one whose editor is gone is taken over by the next. */
import { createStore, del, entries, set, type UseStore } from 'idb-keyval'
import * as v from 'valibot'
import { CaptionOperation } from '@/backend/caption_operations.ts'
import { type Operation, Paragraph } from '@/backend/transcripts.ts'
import { newId } from '@/ids.ts'

const label = v.nullable(v.string())
const Stored = v.object({
  v: v.literal(1),
  job: v.string(),
  /** The revision that the changes are based on. */
  base: v.number(),
  /** In the order in which they were made. */
  steps: v.array(
    v.array(
      v.variant('op', [
        v.object({ op: v.literal('splice'), remove: v.array(v.string()), before: label, insert: v.array(Paragraph) }),
        v.object({ op: v.literal('relabel'), ids: v.array(v.string()), speaker: label }),
        v.object({ op: v.literal('name'), speaker: v.string(), name: label }),
        ...CaptionOperation.options,
      ]),
    ),
  ),
})

export interface Draft {
  base: number
  steps: readonly (readonly Operation[])[]
}

/** The draft of one editor. */
export interface OpenDraft {
  /** What the last one who sat here left. */
  readonly found: Draft | null
  /** Null: everything is saved. False: this browser keeps nothing. Of several calls in a row the last one counts. */
  keep(draft: Draft | null): Promise<boolean>
  /** As `keep`, at once: the page may be gone before IndexedDB has written anything. What is too large is not kept. */
  keepLast(draft: Draft): void
  /** Somebody else may take it. */
  leave(): void
}

export interface Drafts {
  open(job: string): Promise<OpenDraft>
}

export function browserDrafts(): Drafts {
  let opened: UseStore | undefined
  const store = (): UseStore => (opened ??= createStore('aisubs-drafts', 'drafts'))
  return {
    async open(job) {
      const rows = new Map((await attempt(() => entries<string, unknown>(store()))) ?? [])
      for (const [key, value] of lastWords()) rows.set(key, value) // never older
      for (const [key, value] of rows) {
        const parsed = v.safeParse(Stored, value)
        if (!parsed.success || parsed.output.job !== job) continue
        const leave = await take(key)
        if (leave) return openDraftOf(store, key, job, parsed.output, leave)
      }
      const key = `${job}/${newId()}`
      return openDraftOf(store, key, job, null, (await take(key)) ?? (() => undefined))
    },
  }
}

/** Null: another tab sits there. Where there are no locks everybody is alone. */
async function take(key: string): Promise<(() => void) | null> {
  const locks = (globalThis as { navigator?: Partial<Navigator> }).navigator?.locks
  if (!locks) return () => undefined
  return new Promise((resolve) => {
    const held = locks.request(`aisubs-draft:${key}`, { ifAvailable: true }, (lock) => {
      if (!lock) return resolve(null)
      return new Promise<void>((leave) => resolve(leave))
    })
    held.catch(() => resolve(() => undefined))
  })
}

function openDraftOf(store: () => UseStore, key: string, job: string, found: Draft | null, leave: () => void): OpenDraft {
  let wanted: Draft | null = found
  let writing: Promise<boolean> | null = null
  const stored = (draft: Draft) => ({ v: 1, job, base: draft.base, steps: draft.steps })
  const write = async (): Promise<boolean> => {
    for (;;) {
      const draft = wanted
      const kept = await attempt(async () => {
        await (draft ? set(key, stored(draft), store()) : del(key, store()))
        return true
      })
      if (draft !== wanted) continue
      writing = null
      if (kept) synchronously((storage) => storage.removeItem(LAST_WORDS + key))
      return kept ?? false
    }
  }
  return {
    found,
    keep(draft) {
      wanted = draft
      return (writing ??= write())
    },
    keepLast(draft) {
      synchronously((storage) => storage.setItem(LAST_WORDS + key, JSON.stringify(stored(draft))))
    },
    leave,
  }
}

const LAST_WORDS = 'aisubs.last-words.'

/** What pages that were left in the middle of a word had to say, by the key of their drafts. */
function lastWords(): [string, unknown][] {
  const found = synchronously((storage) => {
    const keys = Object.keys(storage).filter((key) => key.startsWith(LAST_WORDS))
    return keys.map((key): [string, unknown] => [key.slice(LAST_WORDS.length), parsed(storage.getItem(key) ?? '')])
  })
  return found ?? []
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return undefined // fits no draft, which is how it is told
  }
}

function synchronously<T>(step: (storage: Storage) => T): T | null {
  try {
    return step(localStorage)
  } catch {
    return null // as below
  }
}

/** Private windows, full disks and broken profiles reject in many ways, and all mean: nothing is kept. */
async function attempt<T>(step: () => Promise<T>): Promise<T | null> {
  try {
    return await step()
  } catch {
    return null
  }
}
