import { memo, type MouseEvent, type ReactNode, type RefObject, useEffect, useMemo, useRef } from 'react'
import { clock } from '@/i18n/format.ts'
import { useText } from '@/i18n/language.ts'
import { type Paragraph, type Place, wordOfOffset } from '@/transcript/columns.ts'
import type { SpeakerLook } from '../../speaker_looks.ts'
import { useSpeakerWords } from '../../speaker_words.ts'
import { characterAt, TEXT_ID } from './highlights.ts'
import { keepTabStop, moveAlong } from '../keyboard/roving.ts'
import { groupsOf, type Script } from './script.ts'
import { useWordHints } from './word_hints.ts'

const LINE_PX = 30
const CHARACTERS_A_LINE = 68
const ROW_EXTRA_PX = 34

/** The paragraph that somebody writes in, and what stands in the place of its text. */
export interface WritingField {
  id: string
  make: (attributes: { id: string; 'data-text': string }) => ReactNode
}

interface Props {
  root: RefObject<HTMLElement | null>
  script: Script
  looks: ReadonlyMap<string, SpeakerLook>
  language: string | null
  /** A word was clicked, or the time of a paragraph. */
  onWord: (place: Place) => void
  /** The speaker who alone is shown. */
  only?: string | null
  field?: WritingField | null
}

/** Plain paragraphs of text nodes in groups that the browser may skip: find-in-page, copy-all and screen readers have
 *  the whole, and 100,000 words stay smooth. */
export const TranscriptText = memo(function TranscriptText({ root, script, looks, language, onWord, only = null, field = null }: Props) {
  const { viewer: text } = useText()
  const words = useSpeakerWords()
  const groups = useGroups(script.paragraphs)
  useWordHints(root, script)
  useEffect(() => {
    if (root.current) keepTabStop(root.current)
  }, [root, only, script])
  const onClick = (event: MouseEvent): void => {
    const target = event.target as Element
    const row = target.closest('button') && target.closest<HTMLElement>('[data-row]')
    const at = row ? { paragraphId: row.dataset['row'] ?? '', offset: 0 } : characterAt(event.clientX, event.clientY)
    // Somebody selects, to copy; or writes, and the caret goes there.
    if (!row && (!document.getSelection()?.isCollapsed || target.closest('[contenteditable]'))) return
    const index = at ? (script.at.get(at.paragraphId) ?? -1) : -1
    const paragraph = script.paragraphs[index]
    if (at && paragraph) onWord({ paragraph: index, word: Math.max(0, wordOfOffset(paragraph, at.offset)) })
  }
  return (
    // The click is a shortcut for those who point; the buttons in it are for everybody.
    // eslint-disable-next-line jsx-a11y/no-noninteractive-element-interactions
    <article
      ref={root}
      lang={language ?? undefined}
      aria-label={text.transcript}
      onClick={onClick}
      onKeyDown={(event) => moveAlong(event, root.current)}
      className="transcript max-w-[68ch] text-lg"
    >
      {[...groups].map(([starter, group], at) => (
        <Group
          key={starter}
          {...{ group, looks, only }}
          first={at === 0}
          names={script.speakers}
          together={script.together}
          atOnce={words.atOnce}
          label={text.playFrom}
          field={field && group.some(({ id }) => id === field.id) ? field : null}
        />
      ))}
    </article>
  )
})

interface GroupProps {
  group: readonly Paragraph[]
  first: boolean
  names: Script['speakers']
  together: Script['together']
  atOnce: string
  looks: ReadonlyMap<string, SpeakerLook>
  label: (time: string) => string
  only: string | null
  field: WritingField | null
}

const Group = memo(
  function Group({ group, first, names, together, atOnce, looks, label, only, field }: GroupProps) {
    const isHidden = ({ id, speaker }: Paragraph): boolean => only !== null && speaker !== only && id !== field?.id
    return (
      <div data-group className="row-group" style={{ '--expected-height': `${heightOf(group.filter((paragraph) => !isHidden(paragraph)))}px` } as object}>
        {group.map((paragraph, at) => (
          <Row
            key={paragraph.id}
            paragraph={paragraph}
            first={first && at === 0}
            name={paragraph.speaker === null ? null : (names[paragraph.speaker] ?? paragraph.speaker)}
            hidden={isHidden(paragraph)}
            note={together.has(paragraph.id) ? atOnce : null}
            look={paragraph.speaker === null ? undefined : looks.get(paragraph.speaker)}
            label={label}
            field={field?.id === paragraph.id ? field : null}
          />
        ))}
      </div>
    )
  },
  (one, other) =>
    one.first === other.first &&
    one.names === other.names &&
    one.label === other.label &&
    one.only === other.only &&
    one.atOnce === other.atOnce &&
    one.field === other.field &&
    one.group.length === other.group.length &&
    one.group.every((paragraph, at) => paragraph === other.group[at]) &&
    one.group.every(({ id }) => one.together.has(id) === other.together.has(id)) &&
    one.group.every(({ speaker }) => speaker === null || sameLook(one.looks.get(speaker), other.looks.get(speaker))),
)

const sameLook = (one: SpeakerLook | undefined, other: SpeakerLook | undefined): boolean =>
  one?.['data-speaker'] === other?.['data-speaker'] && one?.['data-dashed'] === other?.['data-dashed']

interface RowProps {
  paragraph: Paragraph
  first: boolean
  name: string | null
  look: SpeakerLook | undefined
  hidden: boolean
  /** What else is to be known of it. */
  note: string | null
  label: (time: string) => string
  field: WritingField | null
}

const Row = memo(
  function Row({ paragraph, first, name, look, hidden, note, label, field }: RowProps) {
    const attributes = { id: TEXT_ID + paragraph.id, 'data-text': paragraph.id }
    const time = clock(paragraph.starts[0] ?? 0)
    return (
      <div data-row={paragraph.id} hidden={hidden} data-edited={paragraph.edited ? true : undefined} {...look}>
        <button type="button" tabIndex={first ? 0 : -1} aria-label={[label(time), name, note].filter(Boolean).join(', ')}>
          {time} {name !== null && <span>{name}</span>}
          {note !== null && <em>{` · ${note}`}</em>}
        </button>
        {field ? field.make(attributes) : <p lang={paragraph.language} {...attributes}>{paragraph.text}</p>}
      </div>
    )
  },
  (one, other) =>
    one.paragraph === other.paragraph &&
    one.first === other.first &&
    one.name === other.name &&
    one.hidden === other.hidden &&
    one.note === other.note &&
    one.label === other.label &&
    one.field === other.field &&
    sameLook(one.look, other.look),
)

function useGroups(paragraphs: readonly Paragraph[]): Map<string, Paragraph[]> {
  const starters = useRef<ReadonlySet<string>>(new Set())
  return useMemo(() => {
    const groups = groupsOf(paragraphs, starters.current)
    starters.current = new Set(groups.keys())
    return groups
  }, [paragraphs])
}

/** What the group will measure, so that the scroll bar does not jump when it is first laid out. */
function heightOf(group: readonly Paragraph[]): number {
  return group.reduce((sum, { text }) => sum + ROW_EXTRA_PX + LINE_PX * Math.ceil(text.length / CHARACTERS_A_LINE), 0)
}
