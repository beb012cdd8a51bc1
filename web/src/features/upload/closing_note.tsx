import { CircleCheck, TriangleAlert } from 'lucide-react'
import { useEffect } from 'react'
import { useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { cx } from '@/ui/cx.ts'
import { useUploads } from '../services.ts'
import { closingOf } from './closing.ts'

/** Says how many files still need this page, and then that it may be closed. */
export function ClosingNote() {
  const { sentence, may } = closingOf(useUploads(), useText())
  useEffect(() => {
    if (may && sentence) announce(sentence)
  }, [may, sentence])
  if (!sentence) return null
  const Icon = may ? CircleCheck : TriangleAlert
  return (
    <p
      data-closing={may ? 'may' : 'not-yet'}
      className={cx('flex items-start gap-2 rounded-card border border-line bg-surface p-4 text-sm font-medium', may ? 'text-ok' : 'text-warn')}
    >
      <Icon aria-hidden className="mt-0.5 size-4 shrink-0" />
      {sentence}
    </p>
  )
}
