import { Link2 } from 'lucide-react'
import { useState } from 'react'
import type { JobRef } from '@/backend/types.ts'
import { useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import type { ShareDialog } from './share/dialog.tsx'

interface Props {
  jobRef: JobRef
  /** The recording's, for those who hear the button without its row. */
  name: string
  small?: boolean
}

/** Opens the dialog for links to a job, which is loaded by the first press. */
export function ShareButton({ jobRef, name, small = false }: Props) {
  const { share: text, errors } = useText()
  const [dialog, setDialog] = useState<{ Component: typeof ShareDialog } | null>(null)
  const [failed, setFailed] = useState(false)
  const open = async (): Promise<void> => {
    try {
      const loaded = await import('./share/dialog.tsx')
      setDialog({ Component: loaded.ShareDialog })
      setFailed(false)
    } catch {
      setFailed(true) // without the network, the dialog is not there yet
      announce(errors.offline, 'assertive')
    }
  }
  return (
    <>
      <Button small={small} aria-label={text.of(name)} aria-haspopup="dialog" onClick={() => void open()}>
        <Link2 aria-hidden className="size-4" />
        {text.title}
      </Button>
      {failed && <p className="basis-full text-sm text-danger">{errors.offline}</p>}
      {dialog && <dialog.Component jobRef={jobRef} name={name} onClose={() => setDialog(null)} />}
    </>
  )
}
