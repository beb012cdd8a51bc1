import { useEffect, useRef, useState } from 'react'
import { useText } from '@/i18n/language.ts'
import { nameOf } from '@/jobs/name.ts'
import type { Entry } from '@/jobs/store.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { useServices } from '../services.ts'

const UNDO_MS = 8_000

/** What was taken from the list can be put back for a while; as long as somebody is at the button, it stays. */
export function Forgotten({ entries }: { entries: readonly Entry[] }) {
  const { jobs: text } = useText()
  const { jobs } = useServices()
  const before = useRef(entries)
  const [lost, setLost] = useState<Entry | null>(null)
  const [held, setHeld] = useState(false)
  useEffect(() => {
    const missing = before.current.find((entry) => !entries.includes(entry) && jobs.wasForgotten(entry.ref.id))
    before.current = entries
    if (missing) setLost(missing)
  }, [entries, jobs])
  useEffect(() => {
    if (lost) announce(text.forgotten(lost.job ? nameOf(lost.job) : lost.ref.id))
  }, [lost, text])
  useEffect(() => {
    if (!lost || held) return
    const timer = setTimeout(() => setLost(null), UNDO_MS)
    return () => clearTimeout(timer)
  }, [lost, held])
  if (!lost) return null
  const undo = (): void => {
    jobs.restore(lost)
    setLost(null)
    document.getElementById('jobs-title')?.focus() // this button is gone, and the focus would be with it
  }
  return (
    // It holds a button, and only waits for whoever is on the way to it.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <div
      role="group"
      aria-label={text.forget}
      onFocus={() => setHeld(true)}
      onBlur={() => setHeld(false)}
      onPointerEnter={() => setHeld(true)}
      onPointerLeave={() => setHeld(false)}
      className="sticky bottom-0 flex items-center gap-2 rounded-card border border-line bg-surface p-3 text-sm shadow-xl"
    >
      <span className="mr-auto min-w-0">{text.forgotten(lost.job ? nameOf(lost.job) : lost.ref.id)}</span>
      <Button small onClick={undo}>
        {text.undo}
      </Button>
    </div>
  )
}
