import { Check, Copy } from 'lucide-react'
import { type FocusEvent, useId, useRef, useState } from 'react'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { copyText } from '@/ui/clipboard.ts'
import { useWords } from './words.ts'

/** A secret to take elsewhere. */
export function CopyField({ label, value, mono = false }: { label: string; value: string; mono?: boolean }) {
  const Shown = mono ? 'textarea' : 'input' // a key is read letter by letter, so it must not be cut
  const words = useWords()
  const id = useId()
  const field = useRef<HTMLInputElement & HTMLTextAreaElement>(null)
  const [said, setSaid] = useState<string | null>(null)
  const copy = async (): Promise<void> => {
    const outcome = (await copyText(value)) ? words.copied : words.copyByHand
    field.current?.select()
    setSaid(outcome)
    announce(outcome)
  }
  return (
    <div className="min-w-0">
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {label}
      </label>
      <div className="flex gap-2 max-sm:flex-col">
        <Shown
          ref={field}
          id={id}
          readOnly
          {...(mono ? { rows: 2 } : {})}
          value={value}
          onFocus={(event: FocusEvent<HTMLInputElement | HTMLTextAreaElement>) => event.target.select()}
          className={`min-h-10 w-full min-w-0 rounded-control border border-control bg-sunken px-3 max-sm:min-h-11 ${mono ? 'resize-none py-1.5 font-mono text-sm' : 'text-base'}`}
        />
        <Button className="shrink-0" onClick={() => void copy()}>
          {said === words.copied ? <Check aria-hidden className="size-4" /> : <Copy aria-hidden className="size-4" />}
          {said === words.copied ? words.copied : words.copy}
        </Button>
      </div>
      {said === words.copyByHand && <p className="mt-1 text-xs text-muted">{said}</p>}
    </div>
  )
}
