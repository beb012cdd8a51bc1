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
  /** Of all that wait for the button. */
  total: string | null
}

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
  const { files, currency, wait_s } = known.estimate
  const words = (seconds: number | null, cost: number | null): string | null => {
    const parts = [
      ...(seconds === null ? [] : [text.upload.about(span(locale, seconds))]),
      ...(cost === null || currency === null ? [] : [text.upload.about(money(locale, cost, currency))]),
    ]
    return parts.length > 0 ? parts.join(' · ') : null
  }
  const ready = ahead.flatMap(({ phase }, at) => (phase.name === 'ready' ? [files[at]] : []))
  const sum = (of: 'processing_s' | 'cost'): number | null =>
    ready.reduce<number | null>((total, file) => (total === null || file?.[of] == null ? null : total + file[of]), 0)
  const waits = wait_s !== null && wait_s >= 60 ? [text.upload.startsIn(span(locale, wait_s))] : []
  const total = [words(sum('processing_s'), sum('cost')), ...waits].filter((part) => part !== null).join(' · ')
  return {
    of(key) {
      const file = files[ahead.findIndex((one) => one.key === key)]
      return file ? words(file.processing_s, file.cost) : null
    },
    total: ready.length > 0 ? total : null,
  }
}
