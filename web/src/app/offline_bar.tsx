import { useEffect } from 'react'
import { useJobs } from '@/features/services.ts'
import { timeOfDay } from '@/i18n/format.ts'
import { useLanguage, useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'

export function OfflineBar() {
  const { app } = useText()
  const language = useLanguage()
  const { offline, seenAt, kept, entries } = useJobs()
  // A browser without a network knows that; else it is the server that is silent.
  const told = navigator.onLine ? app.noAnswer : app.offline
  const text = offline ? told(seenAt === null ? null : timeOfDay(language, seenAt)) : null
  useEffect(() => {
    if (text) announce(text)
  }, [text])
  return (
    <>
      {text && <p className="border-b border-line bg-sunken px-4 py-2 text-center text-sm text-warn">{text}</p>}
      {!kept && entries.length > 0 && (
        <p className="border-b border-line bg-sunken px-4 py-2 text-center text-sm text-warn">{app.notKept}</p>
      )}
    </>
  )
}
