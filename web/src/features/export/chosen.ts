/** What is chosen of a download, and what of that the server is told. */
import type { DownloadChoice } from '@/backend/backend.ts'
import type { Formats } from '@/backend/types.ts'

/** Everyday formats, first; the others by how many people want them. */
export const EVERYDAY = ['srt', 'vtt', 'txt', 'docx'] as const
const OTHERS = ['csv', 'md', 'ass', 'ttml', 'sbv', 'lrc', 'audacity', 'tsv', 'json', 'verbose_json', 'columnar']

/** How they are unless somebody switches them (aisubs/formats/choices.py). */
const USUAL = { speakers: true, sounds: true, times: false, links: true, voices: false, words: false, crlf: false, bom: false }
/** Texts for reading mark what is unclear by themselves, subtitles where they are asked to. */
const MARKED = ['txt', 'md', 'docx']
/** Not made of captions: a profile changes nothing about them. */
const WITHOUT_CAPTIONS = ['txt', 'docx', 'md', 'json', 'verbose_json', 'columnar']
export const ROWS = ['cues', 'segments', 'words'] as const

export type Switch = keyof typeof USUAL | 'unclear'
export const SWITCHES = ['speakers', 'sounds', 'times', 'links', 'voices', 'words', 'unclear', 'crlf', 'bom'] as const satisfies readonly Switch[]

export interface Chosen {
  format: string
  /** '': the job's own. */
  profile: string
  /** Null is the newest. */
  revision: number | null
  rows: (typeof ROWS)[number]
  /** Those that somebody has switched. */
  switches: Readonly<Partial<Record<Switch, boolean>>>
}

/** The names of what can be chosen of the format. */
export const choicesOf = (formats: Formats | null, name: string): readonly string[] =>
  formats?.formats.find((one) => one.name === name)?.choices ?? []

export const hasCaptions = (name: string): boolean => !WITHOUT_CAPTIONS.includes(name)

export const isOn = ({ format, switches }: Chosen, name: Switch): boolean =>
  switches[name] ?? (name === 'unclear' ? MARKED.includes(format) : USUAL[name])

/** Every format of the server that is no everyday one: in our order, then those that this page has never heard of. */
export function otherFormats(formats: Formats | null): string[] {
  const all = formats?.formats.map(({ name }) => name) ?? []
  const known = OTHERS.filter((name) => all.includes(name))
  return [...known, ...all.filter((name) => !known.includes(name) && !(EVERYDAY as readonly string[]).includes(name))]
}

/** Only what differs from how it is anyway, of that only what the format takes: it refuses other choices. */
export function asked(chosen: Chosen, formats: Formats | null): DownloadChoice {
  const taken = choicesOf(formats, chosen.format)
  const usual: Chosen = { ...chosen, switches: {} }
  const switched = SWITCHES.filter((name) => taken.includes(name) && isOn(chosen, name) !== isOn(usual, name))
  const switches: Record<string, string | boolean> = Object.fromEntries(switched.map((name) => [name, isOn(chosen, name)]))
  if (taken.includes('rows') && chosen.rows !== 'cues') switches['rows'] = chosen.rows
  return { switches, ...(chosen.profile && hasCaptions(chosen.format) ? { profile: chosen.profile } : {}), ...(chosen.revision === null ? {} : { revision: chosen.revision }) }
}

/** For all formats at once, each of which takes what it knows. */
export const askedOfAll = ({ switches, rows }: Chosen): Record<string, string | boolean> => ({ ...switches, ...(rows === 'cues' ? {} : { rows }) })

const SHOWN_LINES = 14
const SHOWN_LETTERS = 1200
const READ_BYTES = 8192

/** The first lines of a file as they stand in it, cut between lines where it has any. */
export async function beginning(file: Blob): Promise<string> {
  const text = (await file.slice(0, READ_BYTES).text()).replace(/\uFFFD$/, '')
  const lines = text.split(/\r?\n/)
  const whole = lines.length <= SHOWN_LINES && file.size <= READ_BYTES && text.length <= SHOWN_LETTERS
  return whole ? text : `${lines.slice(0, SHOWN_LINES).join('\n').slice(0, SHOWN_LETTERS).trimEnd()}\n…`
}
