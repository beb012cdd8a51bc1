/** A text that is there already: out of a file, and what it changes about a wish. */
import { describe, expect, test } from 'vitest'
import { textOf, withScript } from '@/upload/script.ts'
import type { Wish } from '@/upload/task.ts'

const TEXT = 'Grüße aus Köln, „schön“.'
const bytes = (...values: number[]): Uint8Array<ArrayBuffer> => new Uint8Array(values)
const utf16 = (text: string, big: boolean): Uint8Array<ArrayBuffer> => {
  const out = new Uint8Array(2 + text.length * 2)
  const view = new DataView(out.buffer)
  view.setUint16(0, 0xfeff, !big)
  for (let at = 0; at < text.length; at += 1) view.setUint16(2 + at * 2, text.charCodeAt(at), !big)
  return out
}

describe('the text of a file', () => {
  test.each([
    ['UTF-8', new TextEncoder().encode(TEXT)],
    ['UTF-8 with a mark', new TextEncoder().encode(`\uFEFF${TEXT}`)],
    ['UTF-16, little end first', utf16(TEXT, false)],
    ['UTF-16, big end first', utf16(TEXT, true)],
  ])('is read in %s', async (_, data) => {
    expect(await textOf(new Blob([data]))).toBe(TEXT)
  })

  test('is read as Windows wrote it', async () => {
    expect(await textOf(new Blob([bytes(0x4b, 0xf6, 0x6c, 0x6e)]))).toBe('Köln') // its quotes, which Node misreads, are in the browser's test
  })

  test('is none of what is no text, or too large', async () => {
    expect(await textOf(new Blob([bytes(0x50, 0x4b, 3, 4, 0, 0, 0xff, 0)]))).toBeNull()
    expect(await textOf(new Blob([new Uint8Array((4 << 20) + 1)]))).toBeNull()
  })
})

test('a wish with a text contradicts nothing that the server would refuse, and the wish itself stays', () => {
  const options = { language: 'de', languages: [], hotwords: null, diarize: true, num_speakers: 2, min_speakers: null, max_speakers: null, model: null, second_opinion: null } as const
  const wish: Wish = { options: { ...options, task: 'translate', channels: 'dialogue', audio_track: 'each' }, whole: true }
  const script = { name: 'a.txt', text: 'Guten Morgen' }
  expect(withScript(wish, script)).toEqual({ options: { ...options, script: 'Guten Morgen', task: 'transcribe', channels: null, audio_track: null }, whole: true })
  expect(withScript({ options: { ...options, task: 'transcribe', channels: 'mono', audio_track: '2' }, whole: false }, script).options).toMatchObject({ channels: 'mono', audio_track: '2' })
  expect(wish.options.task).toBe('translate')
})
