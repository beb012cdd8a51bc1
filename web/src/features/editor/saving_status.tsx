import { useEffect } from 'react'
import { timeOfDay } from '@/i18n/format.ts'
import { errorText, useLanguage, useText } from '@/i18n/language.ts'
import type { TranscriptSnapshot } from '@/transcript/session.ts'
import { announce } from '@/ui/announcer.tsx'
import { cx } from '@/ui/cx.ts'

type Shown = Pick<TranscriptSnapshot, 'saving' | 'savedAt' | 'fault' | 'kept' | 'editable' | 'revision'>

/** Whether what one has written is safe. Only what goes wrong is spoken. */
export function SavingStatus({ transcript }: { transcript: Shown }) {
  const sentence = useSentence(transcript)
  const { saving } = transcript
  const wrong = saving !== 'saved' && saving !== 'saving'
  useEffect(() => {
    if (wrong) announce(sentence)
  }, [wrong, sentence])
  if (!sentence) return null
  return (
    <span data-saving={saving} className={cx('text-sm', wrong ? 'font-medium text-warn' : 'text-muted')}>
      {sentence}
    </span>
  )
}

function useSentence({ saving, savedAt, fault, kept, revision }: Shown): string {
  const text = useText()
  const language = useLanguage()
  const { editor } = text
  const where = kept ? editor.keptHere : editor.keptNowhere
  switch (saving) {
    case 'saved':
      if (savedAt !== null) return editor.saved(timeOfDay(language, savedAt))
      return revision > 0 ? editor.savedBefore : ''
    case 'saving':
      return kept ? editor.saving : `${editor.saving} ${where}`
    case 'unsaved-offline':
      return `${editor.offline} ${where}`
    case 'unsaved-fault':
      return `${editor.notSaved} ${fault ? errorText(text, fault.code, fault.message) : ''} ${where}`
    case 'conflict':
      return editor.conflictShort
  }
}
