import { useEffect, useRef } from 'react'
import { useText } from '@/i18n/language.ts'
import type { Speaker } from '@/transcript/speakers.ts'
import { Button } from '@/ui/button.tsx'

interface Props {
  from: Speaker
  into: Speaker
  onMerge: () => void
  onCancel: () => void
}

/** Whether two speakers are one. */
export function MergeQuestion({ from, into, onMerge, onCancel }: Props) {
  const { editor: text } = useText()
  const panel = useRef<HTMLDivElement>(null)
  useEffect(() => panel.current?.querySelector('button')?.focus(), [])
  const question = text.mergeAsk(from.name, into.name, from.paragraphs)
  return (
    <div ref={panel} role="alertdialog" aria-label={question} className="rounded-control bg-soft p-3">
      <p className="text-sm">{question}</p>
      <p className="mt-2 flex flex-wrap gap-2">
        <Button small kind="primary" onClick={onMerge}>
          {text.merge}
        </Button>
        <Button small onClick={onCancel}>
          {text.cancel}
        </Button>
      </p>
    </div>
  )
}
