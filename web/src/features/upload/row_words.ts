/** What a row says: one line of what is going on, and one of what it means for the person in front of it. */
import type { Messages } from '@/i18n/en.ts'
import { bytes, date, span } from '@/i18n/format.ts'
import { errorText } from '@/i18n/language.ts'
import type { Upload } from '@/upload/phases.ts'

export function lineOf(upload: Upload, messages: Messages, locale: string, now: number): string {
  const { upload: text } = messages
  const { phase, name } = upload
  const percent = Math.floor(upload.share * 100)
  switch (phase.name) {
    case 'inspecting':
      return text.checking
    case 'rejected': {
      const sentences: Partial<Record<string, (name: string) => string>> = text.rejected
      return sentences[phase.reason]?.(name) ?? phase.reason
    }
    case 'ready':
      return text.ready
    case 'queued':
      return text.queued
    case 'preparing': {
      const likely = phase.share > 0.02 ? [text.insteadOf(text.about(bytes(locale, phase.bytes / phase.share)), bytes(locale, upload.size))] : []
      return [text.preparing(Math.floor(phase.share * 100)), ...likely].join(' · ')
    }
    case 'announcing':
      return text.announcing
    case 'sending': {
      const speed = upload.speed === null ? [] : [`${bytes(locale, upload.speed)}/s`]
      const left = upload.leftS === null ? [] : [text.left(span(locale, upload.leftS))]
      return [text.uploading(percent), ...speed, ...left].join(' · ')
    }
    case 'paused':
      return text.paused(percent)
    case 'waiting': {
      const inS = span(locale, Math.max(1, (phase.until - now) / 1000))
      if (phase.reason === 'queue_full') return text.busy(inS)
      if (phase.reason === 'uploads_full') return text.uploadsFull(inS)
      if (phase.reason !== 'network') return text.again(inS)
      return navigator.onLine ? text.noAnswer(inS) : text.noNetwork
    }
    case 'needs-file':
      if (phase.wrong === 'size') return text.wrongSize(name, bytes(locale, upload.size))
      if (phase.wrong === 'content') return text.wrongContent(name)
      if (phase.wrong === 'gone') return text.goneFile(name)
      return phase.again ? text.needsClick(name, percent) : text.needsFile(name, percent)
    case 'elsewhere':
      return text.elsewhere
    case 'submitted':
      return phase.cached ? text.cached(phase.cachedAt && date(locale, phase.cachedAt)) : phase.kept ? text.submitted : text.submittedNotKept
    case 'failed':
      return `${errorText(messages, phase.code, phase.message)} (${phase.code})`
  }
}

/** Beside the line: what is sent, why, and what closing or reloading the page would do. */
export function notesOf(upload: Upload, { upload: text }: Messages, locale: string): string[] {
  const { phase, extractSize, whole, reload, size, mirrored, script } = upload
  const notes = script === null ? [] : [text.withScript(script)]
  const under = ['announcing', 'sending', 'waiting', 'paused'].includes(phase.name)
  if (under && extractSize !== null) notes.push(text.soundOnly(bytes(locale, extractSize), bytes(locale, size)))
  // It stays: a quick upload would be over before anybody has read why it was not quicker.
  if (whole && (under || phase.name === 'submitted')) notes.push(text.whole[whole])
  if (phase.name === 'sending') notes.push(mirrored ? text.mirrored : text.reload[reload])
  if (phase.name === 'needs-file' && phase.wrong && /iPhone|iPad/.test(navigator.userAgent)) notes.push(text.iphone)
  return notes
}
