import { useEffect } from 'react'
import { useServerConfig } from '@/features/services.ts'
import { useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'

/** What has to be known of the server's speech model before anybody waits for a text: that there is none, or only a toy. */
export function ModelBar() {
  const { app } = useText()
  const config = useServerConfig()
  const text = config && !config.has_model ? app.noModel : config?.toy ? app.toy : null
  useEffect(() => {
    if (text) announce(text)
  }, [text])
  if (!text) return null
  return <p className="border-b border-line bg-sunken px-4 py-2 text-center text-sm text-warn print:hidden">{text}</p>
}
