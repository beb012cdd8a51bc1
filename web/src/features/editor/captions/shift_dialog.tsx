import { type SyntheticEvent, useState } from 'react'
import { exactClock } from '@/i18n/format.ts'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { Input } from '@/ui/field.tsx'
import type { CaptionWords } from './caption_words.ts'

interface Props {
  fromMs: number
  words: CaptionWords
  /** False: it cannot be done. */
  onShift: (ms: number) => boolean
  onClose: () => void
}

export function ShiftDialog({ fromMs, words, onShift, onClose }: Props) {
  const [seconds, setSeconds] = useState('')
  const [refused, setRefused] = useState(false)
  const submit = (event: SyntheticEvent): void => {
    event.preventDefault()
    const ms = Math.round(Number(seconds.replace(',', '.').replace('−', '-')) * 1000)
    if (Number.isFinite(ms) && ms !== 0 && onShift(ms)) onClose()
    else setRefused(true)
  }
  return (
    <Dialog title={words.shiftTitle(exactClock(fromMs))} onClose={onClose}>
      <form onSubmit={submit} className="mt-4 grid gap-4">
        <Input label={words.seconds} inputMode="text" autoComplete="off" value={seconds} onChange={(event) => setSeconds(event.target.value)} />
        {refused && <p className="text-sm text-danger">{words.refused}</p>}
        <p className="flex flex-wrap justify-end gap-2">
          <Button onClick={onClose}>{words.cancel}</Button>
          <Button kind="primary" type="submit">
            {words.doShift}
          </Button>
        </p>
      </form>
    </Dialog>
  )
}
