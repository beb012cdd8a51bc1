/** What recordings would take, asked of the server as soon as their lengths are known. */
import { useEffect, useState } from 'react'
import type { Estimate } from '@/backend/facts.ts'
import type { Messages } from '@/i18n/en.ts'
import { money, span } from '@/i18n/format.ts'
import type { Phase, Upload } from '@/upload/phases.ts'
import { useServerConfig, useServices } from '../services.ts'

const SETTLE_MS = 150
const AT_MOST = 100
const AHEAD: Phase['name'][] = ['ready', 'queued', 'preparing', 'announcing', 'sending', 'paused', 'waiting']

export interface Estimates {
  of: (key: string) => string | null
  /** Of all that wait for the button, and when they would begin. */
  total: string | null
}

/** When work of `own_s` seconds is done that shares one machine evenly with what each of `others` still takes. */
export const sharedS = (own_s: number, others: readonly number[]): number => others.reduce((sum, other_s) => sum + Math.min(other_s, own_s), own_s)

/** Empty where the server does not know, or does not say. */
export function useEstimates(uploads: readonly Upload[], model: string | null, text: Messages, locale: string): Estimates {
  const { backend } = useServices()
  const config = useServerConfig()
  const [known, setKnown] = useState<{ asked: string; estimate: Estimate } | null>(null)
  const ahead = uploads.filter(({ phase, durationMs }) => durationMs && AHEAD.includes(phase.name)).slice(0, AT_MOST)
  const durations = ahead.map(({ durationMs }) => durationMs ?? 0)
  const asked = JSON.stringify([model, ...durations])
  const ask = config !== null && durations.length > 0
  useEffect(() => {
    if (!ask) return
    let current = true
    const timer = setTimeout(() => {
      const [chosen, ...lengths] = JSON.parse(asked) as [string | null, ...number[]]
      backend.estimate(lengths, chosen).then(
        (estimate) => current && setKnown({ asked, estimate }),
        () => undefined, // an upload needs no estimate
      )
    }, SETTLE_MS)
    return () => {
      current = false
      clearTimeout(timer)
    }
  }, [ask, asked, backend])
  if (!ask || known?.asked !== asked) return { of: () => null, total: null }
  const { files, currency, wait_s, beside_s } = known.estimate
  const words = (seconds: number | null, cost: number | null): string | null => {
    const parts = [
      ...(seconds === null ? [] : [text.upload.about(span(locale, seconds))]),
      ...(cost === null || currency === null ? [] : [text.upload.about(money(locale, cost, currency))]),
    ]
    return parts.length > 0 ? parts.join(' · ') : null
  }
  const works = (but: (upload: Upload) => boolean): number[] => ahead.flatMap((one, at) => (but(one) ? [] : [files[at]?.processing_s ?? 0]))
  /** Beside what the server does, and what of ours it does not know yet. */
  const shared = (own_s: number | null, but: (upload: Upload) => boolean): number | null =>
    own_s === null || beside_s === null ? own_s : sharedS(own_s, [...beside_s, ...works(but)])
  const isReady = ({ phase }: Upload): boolean => phase.name === 'ready'
  const ready = files.filter((_, at) => ahead[at] && isReady(ahead[at]))
  const sum = (of: 'processing_s' | 'cost'): number | null =>
    ready.reduce<number | null>((total, file) => (total === null || file[of] === null ? null : total + file[of]), 0)
  const waits = wait_s !== null && wait_s >= 60 ? [text.upload.startsIn(span(locale, wait_s))] : []
  // Of a single file its row tells the rest.
  const all = ready.length > 1 ? words(shared(sum('processing_s'), isReady), sum('cost')) : null
  const total = [...(all === null ? [] : [text.upload.inAll(all)]), ...waits].join(' · ')
  return {
    of(key) {
      const file = files[ahead.findIndex((one) => one.key === key)]
      return file ? words(shared(file.processing_s, (one) => one.key === key), file.cost) : null
    },
    total: ready.length > 0 && total !== '' ? total : null,
  }
}
