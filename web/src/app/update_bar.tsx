import { useEffect } from 'react'
import { useServices, useUploads } from '@/features/services.ts'
import { useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { useNewVersion } from './new_version.ts'

/** A new build is offered, never forced, and not while bytes are on their way. */
export function UpdateBar() {
  const { app } = useText()
  const { uploads } = useServices()
  useUploads() // its changes are those of `sending`
  const shown = useNewVersion() && !uploads.sending
  useEffect(() => {
    if (shown) announce(app.newVersion)
  }, [shown, app])
  if (!shown) return null
  return (
    <p className="flex items-center justify-center gap-3 border-b border-line bg-soft px-4 py-1 text-sm print:hidden">
      {app.newVersion}
      <Button small kind="quiet" className="font-semibold underline" onClick={() => location.reload()}>
        {app.reload}
      </Button>
    </p>
  )
}
