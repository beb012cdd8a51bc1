import { useState } from 'react'
import { useText } from '@/i18n/language.ts'
import type { Found } from '@/transcript/columns.ts'
import type { TranscriptSession } from '@/transcript/session.ts'
import { isWhole } from '@/transcript/tokens.ts'
import { tell } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'

interface Props {
  session: TranscriptSession
  /** In the order of the text, as places in the session's paragraphs. */
  found: readonly Found[]
  current: number
}

/** Another text for what was found: here, or everywhere as one step. */
export function ReplaceBar({ session, found, current }: Props) {
  const { editor: text } = useText()
  const [by, setBy] = useState('')
  const [whole, setWhole] = useState(true)
  const { paragraphs } = session.getSnapshot()
  const meant = whole ? found.filter((place) => isWhole(paragraphs[place.paragraph]?.text ?? '', place)) : found
  const replace = (places: readonly Found[]): void => {
    if (session.apply({ kind: 'editAll', edits: editsFor(session, places, by) })) tell(text.replaced(places.length))
  }
  const here = found[current]
  return (
    <form
      className="edit-bar"
      onSubmit={(event) => {
        event.preventDefault()
        if (here) replace([here])
      }}
    >
      <input
        aria-label={text.replaceBy}
        placeholder={text.replaceBy}
        value={by}
        onChange={(event) => setBy(event.target.value)}
        lang={session.getSnapshot().language ?? undefined}
        className="min-h-9 min-w-0 flex-1 rounded-control border border-control bg-surface px-3 text-base max-sm:min-h-11"
      />
      <label className="flex min-h-9 items-center gap-2 text-sm max-sm:min-h-11">
        <input type="checkbox" checked={whole} onChange={(event) => setWhole(event.target.checked)} />
        {text.wholeWords}
      </label>
      <Button small type="submit" disabled={!here}>
        {text.replace}
      </Button>
      <Button small disabled={meant.length === 0} onClick={() => replace(meant)}>
        {text.replaceAll(meant.length)}
      </Button>
    </form>
  )
}

function editsFor(session: TranscriptSession, places: readonly Found[], by: string): { id: string; text: string }[] {
  const { paragraphs } = session.getSnapshot()
  const byParagraph = new Map<number, Found[]>()
  for (const place of places) byParagraph.set(place.paragraph, [...(byParagraph.get(place.paragraph) ?? []), place])
  return [...byParagraph].flatMap(([index, inside]) => {
    const paragraph = paragraphs[index]
    if (!paragraph) return []
    let [text, done] = ['', 0]
    for (const { from, to } of inside) {
      text += paragraph.text.slice(done, from) + by
      done = to
    }
    return [{ id: paragraph.id, text: text + paragraph.text.slice(done) }]
  })
}
