import { type KeyboardEvent, memo, type MouseEvent, type RefObject, useMemo } from 'react'
import { clock } from '@/i18n/format.ts'
import { useText } from '@/i18n/language.ts'
import { type Paragraph, wordOfOffset } from '@/transcript/columns.ts'
import { characterAt } from './highlights.ts'

const GROUP = 20
const LINE_PX = 30
const CHARACTERS_A_LINE = 68
const ROW_EXTRA_PX = 34

interface Props {
  root: RefObject<HTMLElement | null>
  paragraphs: readonly Paragraph[]
  language: string | null
  onSeek: (ms: number) => void
}

/** Plain paragraphs of text nodes in groups that the browser may skip: find-in-page, copy-all and screen readers have
 *  the whole, and 100,000 words stay smooth. */
export const TranscriptText = memo(function TranscriptText({ root, paragraphs, language, onSeek }: Props) {
  const { viewer: text } = useText()
  const groups = useMemo(() => {
    const made: Paragraph[][] = []
    for (let at = 0; at < paragraphs.length; at += GROUP) made.push(paragraphs.slice(at, at + GROUP))
    return made
  }, [paragraphs])
  const onClick = (event: MouseEvent): void => {
    const button = (event.target as Element).closest('button')
    const index = button?.dataset['index']
    if (index !== undefined) return onSeek(paragraphs[Number(index)]?.starts[0] ?? 0)
    if (!root.current || !document.getSelection()?.isCollapsed) return // somebody selects, to copy
    const at = characterAt(root.current, event.clientX, event.clientY)
    const paragraph = at && paragraphs[at.paragraph]
    if (paragraph) onSeek(paragraph.starts[wordOfOffset(paragraph, at.offset)] ?? 0)
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
      className="max-w-[68ch] text-lg"
    >
      {groups.map((group, at) => (
        <div key={at} data-group={at} className="row-group" style={{ '--expected-height': `${heightOf(group)}px` } as object}>
          {group.map((paragraph, inGroup) => (
            <Row key={paragraph.id} index={at * GROUP + inGroup} paragraph={paragraph} label={text.playFrom} />
          ))}
        </div>
      ))}
    </article>
  )
})

interface RowProps {
  index: number
  paragraph: Paragraph
  label: (time: string) => string
}

const Row = memo(function Row({ index, paragraph, label }: RowProps) {
  const time = clock(paragraph.starts[0] ?? 0)
  return (
    <div className="pb-3" data-row={index}>
      <button
        type="button"
        data-index={index}
        tabIndex={index === 0 ? 0 : -1}
        aria-label={[label(time), paragraph.speaker].filter(Boolean).join(', ')}
        className="rounded-control text-xs text-muted hover:text-accent hover:underline"
      >
        {time} {paragraph.speaker && <span className="font-semibold">{paragraph.speaker}</span>}
      </button>
      <p data-text={index}>{paragraph.text}</p>
    </div>
  )
})

/** One tab stop for the whole text; the arrows go from paragraph to paragraph. */
function moveAlong(event: KeyboardEvent, root: HTMLElement | null): void {
  const step = { ArrowUp: -1, ArrowDown: 1 }[event.key]
  const index = (event.target as HTMLElement).dataset['index']
  if (!step || index === undefined || !root) return
  const goal = root.querySelector<HTMLButtonElement>(`button[data-index="${Number(index) + step}"]`)
  if (!goal) return
  event.preventDefault()
  event.stopPropagation()
  ;(event.target as HTMLElement).tabIndex = -1
  goal.tabIndex = 0
  goal.focus()
}

/** What the group will measure, so that the scroll bar does not jump when it is first laid out. */
function heightOf(group: readonly Paragraph[]): number {
  return group.reduce((sum, { text }) => sum + ROW_EXTRA_PX + LINE_PX * Math.ceil(text.length / CHARACTERS_A_LINE), 0)
}
