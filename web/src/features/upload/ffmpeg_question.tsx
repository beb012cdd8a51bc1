import { ffmpegDe } from '@/i18n/de/ffmpeg.ts'
import { ffmpegEn } from '@/i18n/en/ffmpeg.ts'
import { useLanguage, useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { useServices } from '../services.ts'

const WORDS = { en: ffmpegEn, de: ffmpegDe }

/** FFmpeg, once people know what it is and weighs. */
export function FfmpegQuestion({ uploadKey, onClose }: { uploadKey: string; onClose: () => void }) {
  const words = WORDS[useLanguage()]
  const { upload: text } = useText()
  const { uploads } = useServices()
  return (
    <Dialog title={text.anotherWay} onClose={onClose}>
      <p className="mt-3 text-sm">{words.about}</p>
      <p className="mt-2 text-xs text-muted">
        {words.license}{' '}
        <a href="https://github.com/ffmpegwasm/ffmpeg.wasm" rel="noreferrer" target="_blank" className="underline">
          github.com/ffmpegwasm/ffmpeg.wasm
        </a>
      </p>
      <div className="mt-4 flex flex-wrap gap-2">
        <Button kind="primary" onClick={() => void uploads.again(uploadKey, { method: 'ffmpeg' })}>
          {words.start}
        </Button>
        <Button onClick={onClose}>{words.no}</Button>
      </div>
    </Dialog>
  )
}
