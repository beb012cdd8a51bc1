import { Suspense, useState } from 'react'
import { useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import type { Upload } from '@/upload/phases.ts'
import { useServices } from '../services.ts'

// Few recordings come with their text.
const ScriptDialog = lazyChunk(() => import('./script_dialog.tsx'), 'ScriptDialog')

export function ScriptButton({ upload: { key, name } }: { upload: Upload }) {
  const { upload: text } = useText()
  const { uploads } = useServices()
  const [asking, setAsking] = useState(false)
  const close = (): void => setAsking(false)
  return (
    <>
      <Button small aria-label={text.ofFile(text.script, name)} aria-haspopup="dialog" onClick={() => setAsking(true)}>
        {text.script}
      </Button>
      {asking && (
        <Suspense>
          <ScriptDialog {...{ name }} script={uploads.scriptOf(key)} onClose={close} onUse={(script) => (uploads.setScript(key, script), close())} />
        </Suspense>
      )}
    </>
  )
}
