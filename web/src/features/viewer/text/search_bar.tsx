import { ChevronDown, ChevronUp } from 'lucide-react'
import type { RefObject } from 'react'
import { useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'

interface Props {
  input: RefObject<HTMLInputElement | null>
  query: string
  current: number
  count: number
  onQuery: (query: string) => void
  onMove: (step: 1 | -1) => void
}

export function SearchBar({ input, query, current, count, onQuery, onMove }: Props) {
  const { viewer: text } = useText()
  return (
    <search className="flex min-w-0 flex-1 basis-40 sm:basis-56 items-center gap-1">
      <input
        ref={input}
        type="search"
        aria-label={text.search}
        placeholder={text.search}
        value={query}
        onChange={(event) => onQuery(event.target.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') onMove(event.shiftKey ? -1 : 1)
          if (event.key === 'Escape') event.currentTarget.blur()
        }}
        className="min-h-10 min-w-0 flex-1 rounded-control border border-control bg-surface px-3 text-base max-sm:min-h-11"
      />
      <span role="status" className="text-sm whitespace-nowrap text-muted">
        {query.trim() && text.matches(current + 1, count)}
      </span>
      {query.trim() && (
        <>
          <Button kind="quiet" small aria-label={text.previousMatch} disabled={count === 0} onClick={() => onMove(-1)}>
            <ChevronUp aria-hidden className="size-4" />
          </Button>
          <Button kind="quiet" small aria-label={text.nextMatch} disabled={count === 0} onClick={() => onMove(1)}>
            <ChevronDown aria-hidden className="size-4" />
          </Button>
        </>
      )}
    </search>
  )
}
