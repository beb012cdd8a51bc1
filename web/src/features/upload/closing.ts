/** Whether the page may be closed, in words: beside the uploads and in the title of the page. */
import type { Messages } from '@/i18n/en.ts'
import { needOf } from '@/upload/need.ts'
import type { Upload } from '@/upload/phases.ts'

export interface Closing {
  /** Null before anything was begun. */
  sentence: string | null
  /** Nothing is lost by it, now or by what happens next. */
  may: boolean
  /** Before the name of the page; null when the page is not needed. */
  title: string | null
}

export function closingOf(uploads: readonly Upload[], { upload: { closing: text } }: Messages): Closing {
  const { of, moving, paused, stuck, chosen, elsewhere, reload, notKept } = needOf(uploads)
  const open = moving + paused
  if (open > 0) {
    const sentence = [moving > 0 ? text.needs(moving, of) : text.paused(paused, of), text.reload[reload]].join(' ')
    return { sentence, may: false, title: text.title(open) }
  }
  if (elsewhere > 0) return { sentence: text.elsewhere(elsewhere), may: false, title: null }
  if (of === 0) return { sentence: null, may: false, title: null }
  if (stuck > 0) return { sentence: text.stuck(stuck, of), may: false, title: text.title(stuck) }
  if (chosen > 0) return { sentence: text.chosen(chosen), may: false, title: null }
  if (notKept > 0) return { sentence: text.notKept(notKept), may: false, title: null }
  return { sentence: text.may, may: true, title: null }
}
