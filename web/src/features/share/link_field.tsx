import { Check, Copy } from 'lucide-react'
import { useEffect, useId, useRef, useState } from 'react'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { copyText } from '@/ui/clipboard.ts'
import { linkBase } from '../link_base.ts'
import { useServerConfig } from '../services.ts'
import { useWords } from './words.ts'

const SAID_MS = 4_000

/** A link just made, to be copied now: the server keeps only its fingerprint. */
export function LinkField({ token, onAnother }: { token: string; onAnother: () => void }) {
  const words = useWords()
  const field = useRef<HTMLInputElement>(null)
  const button = useRef<HTMLButtonElement>(null)
  const [said, setSaid] = useState<string | null>(null)
  const id = useId()
  const { base, reach } = linkBase(useServerConfig())
  const link = `${base}/s#${token}`
  useEffect(() => button.current?.focus(), []) // the button that made the link is gone
  useEffect(() => {
    if (said === null) return
    const timer = setTimeout(() => setSaid(null), SAID_MS)
    return () => clearTimeout(timer)
  }, [said])
  const copy = async (): Promise<void> => {
    const outcome = (await copyText(link)) ? words.copied : words.copyByHand
    field.current?.select()
    setSaid(outcome)
    announce(outcome)
  }
  return (
    <div className="mt-4">
      <label htmlFor={id} className="mb-1 block text-sm font-medium">
        {words.link}
      </label>
      <div className="flex gap-2 max-sm:flex-col">
        <input
          ref={field}
          id={id}
          readOnly
          value={link}
          aria-describedby={`${id}-hint`}
          onFocus={(event) => event.target.select()}
          className="min-h-10 w-full min-w-0 rounded-control border border-control bg-sunken px-3 text-base max-sm:min-h-11"
        />
        <Button ref={button} kind="primary" className="shrink-0" onClick={() => void copy()}>
          {said === words.copied ? <Check aria-hidden className="size-4" /> : <Copy aria-hidden className="size-4" />}
          {said === words.copied ? words.copied : words.copy}
        </Button>
      </div>
      <p id={`${id}-hint`} className="mt-1 text-xs text-muted">
        {said === words.copyByHand ? words.copyByHand : words.onlyNow}
      </p>
      {reach === 'machine' && <p className="mt-2 text-sm text-warn">{words.machineOnly}</p>}
      {base !== location.origin && <p className="mt-2 text-sm text-muted">{words.otherAddress(new URL(base).host)}</p>}
      <Button kind="quiet" small className="mt-2 -ml-2.5" onClick={onAnother}>
        {words.another}
      </Button>
    </div>
  )
}
