import { useState } from 'react'
import { useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import type { Upload } from '@/upload/phases.ts'
import { useServices } from '../services.ts'

/** iOS ends pages that load FFmpeg (ffmpeg.wasm issues 299, 482, 851). */
const CANNOT = /iPhone|iPad|iPod/

/** For videos whose sound the first way could not take out: FFmpeg, once people know what it is and weighs. */
export function AnotherWay({ upload }: { upload: Upload }) {
  const { upload: text } = useText()
  const { uploads } = useServices()
  const [asking, setAsking] = useState(false)
  if (upload.whole !== 'unreadable' || upload.mirrored || CANNOT.test(navigator.userAgent)) return null
  return (
    <>
      <Button small aria-label={text.ofFile(text.anotherWay, upload.name)} onClick={() => setAsking(true)}>
        {text.anotherWay}
      </Button>
      {asking && (
        <Dialog title={text.anotherWay} onClose={() => setAsking(false)}>
          <p className="mt-3 text-sm">{text.ffmpeg}</p>
          <p className="mt-2 text-xs text-muted">
            {text.ffmpegLicense}{' '}
            <a href="https://github.com/ffmpegwasm/ffmpeg.wasm" rel="noreferrer" target="_blank" className="underline">
              github.com/ffmpegwasm/ffmpeg.wasm
            </a>
          </p>
          <div className="mt-4 flex flex-wrap gap-2">
            <Button kind="primary" onClick={() => void uploads.again(upload.key, { method: 'ffmpeg' })}>
              {text.ffmpegStart}
            </Button>
            <Button onClick={() => setAsking(false)}>{text.ffmpegNo}</Button>
          </div>
        </Dialog>
      )}
    </>
  )
}
