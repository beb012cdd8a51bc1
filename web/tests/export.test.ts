/** What the server is asked for, by what is chosen in the panel of downloads. */
import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import type { Formats } from '@/backend/types.ts'
import { asked, askedOfAll, beginning, type Chosen, EVERYDAY, isOn, otherFormats, SWITCHES } from '@/features/export/chosen.ts'
import { exportEn } from '@/i18n/en/export.ts'

const format = (name: string, choices: string[]): Formats['formats'][number] => ({ name, suffix: `.${name}`, description: name, choices })
const FORMATS: Formats = {
  formats: [
    format('srt', ['speakers', 'sounds', 'unclear', 'bom', 'crlf']),
    format('txt', ['speakers', 'sounds', 'unclear', 'times', 'bom', 'crlf']),
    format('new', ['bom']),
    format('csv', ['bom', 'crlf', 'rows', 'sounds']),
    format('json', []),
  ],
  profiles: {},
}
const CHOSEN: Chosen = { format: 'srt', profile: 'bbc', revision: null, rows: 'cues', switches: {} }

describe('of what is chosen', () => {
  test('only what differs from the usual is asked, and only of formats that take it', () => {
    const switches = { speakers: true, crlf: true, bom: false, times: true }
    expect(asked({ ...CHOSEN, switches }, FORMATS)).toEqual({ profile: 'bbc', switches: { crlf: true } })
    expect(asked({ ...CHOSEN, format: 'txt', switches }, FORMATS)).toEqual({ switches: { times: true, crlf: true } })
    expect(asked({ ...CHOSEN, format: 'json', switches }, FORMATS)).toEqual({ switches: {} })
  })

  test('rows are asked of tables alone, and the newest version by no number', () => {
    expect(asked({ ...CHOSEN, format: 'csv', rows: 'words', revision: 0 }, FORMATS)).toEqual({ profile: 'bbc', revision: 0, switches: { rows: 'words' } })
    expect(asked({ ...CHOSEN, rows: 'words', revision: 3 }, FORMATS)).toEqual({ profile: 'bbc', revision: 3, switches: {} })
    expect(askedOfAll({ ...CHOSEN, rows: 'words', switches: { bom: true } })).toEqual({ rows: 'words', bom: true })
  })

  test('texts for reading mark what is unclear unless somebody says no', () => {
    expect([isOn(CHOSEN, 'unclear'), isOn({ ...CHOSEN, format: 'txt' }, 'unclear')]).toEqual([false, true])
    expect(asked({ ...CHOSEN, format: 'txt', switches: { unclear: false } }, FORMATS)).toEqual({ switches: { unclear: false } })
    expect(asked({ ...CHOSEN, switches: { unclear: false } }, FORMATS)).toEqual({ profile: 'bbc', switches: {} })
  })
})

test('formats that the page has never heard of come last, and none is lost', () => {
  expect(otherFormats(FORMATS)).toEqual(['csv', 'json', 'new'])
  expect(otherFormats(null)).toEqual([])
})

test('every choice of the server is offered, and every everyday format has a line', () => {
  const python = readFileSync(new URL('../../aisubs/formats/choices.py', import.meta.url), 'utf8')
  const fields = [...python.matchAll(/^ {4}(\w+): /gm)].map(([, name]) => name)
  expect([...SWITCHES, 'rows'].sort()).toEqual(fields.sort())
  for (const name of EVERYDAY) expect(exportEn.about[name].length).toBeGreaterThan(10)
})

describe('a preview', () => {
  test('is all of a short file, as it stands in it', async () => {
    expect(await beginning(new Blob(['1\n00:00 --> 00:01\nHello\n']))).toBe('1\n00:00 --> 00:01\nHello\n')
  })

  test('ends between lines, says that there is more, and is not cut within a letter', async () => {
    const lines = await beginning(new Blob([Array.from({ length: 5000 }, (_, at) => `line ${at}`).join('\r\n')]))
    expect(lines.split('\n')).toEqual([...Array.from({ length: 14 }, (_, at) => `line ${at}`), '…'])
    expect(await beginning(new Blob(['ü'.repeat(9000)]))).toBe(`${'ü'.repeat(1200)}\n…`)
    expect(await beginning(new Blob([`a${'ü'.repeat(4096)}`]))).not.toContain('\uFFFD')
  })
})
