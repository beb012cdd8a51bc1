import { Suspense, useState } from 'react'
import { useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import type { Upload } from '@/upload/phases.ts'

/** iOS ends pages that load FFmpeg (ffmpeg.wasm issues 299, 482, 851). */
const CANNOT = /iPhone|iPad|iPod/

const Question = lazyChunk(() => import('./ffmpeg_question.tsx'), 'FfmpegQuestion')

/** For videos whose sound the first way could not take out. */
export function AnotherWay({ upload }: { upload: Upload }) {
  const { upload: text } = useText()
  const [asking, setAsking] = useState(false)
  if (upload.whole !== 'unreadable' || upload.mirrored || CANNOT.test(navigator.userAgent)) return null
  return (
    <>
      <Button small aria-label={text.ofFile(text.anotherWay, upload.name)} onClick={() => setAsking(true)}>
        {text.anotherWay}
      </Button>
      {asking && (
        <Suspense>
          <Question uploadKey={upload.key} onClose={() => setAsking(false)} />
        </Suspense>
      )}
    </>
  )
}
