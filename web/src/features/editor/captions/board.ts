/** The captions on the screen while they are changed: what the server made of the text, and what was done since. */
import type { CaptionOperation, WordAt } from '@/backend/caption_operations.ts'
import type { Override } from '@/backend/captions.ts'
import type { Cues } from '@/backend/transcripts.ts'
import { type Part, partsOf } from '@/transcript/cue_text.ts'
import { type CueRow, rowOf } from '@/transcript/cues.ts'
import type { TranscriptSession } from '@/transcript/session.ts'

export class Board {
  cues: Cues
  /** Made here, until the server has made them anew. */
  private readonly local = new WeakSet<Cues>()

  constructor(
    cues: Cues,
    readonly session: TranscriptSession,
    private readonly show: (cues: Cues) => void,
  ) {
    this.cues = cues
  }

  isLocal(cues: Cues): boolean {
    return this.local.has(cues)
  }

  row(cue: number): CueRow | undefined {
    return rowOf(this.cues, cue)
  }

  /** What the paragraphs have in a cue; none of one without words. */
  parts(cue: number): Part[] {
    const span = this.row(cue)?.span
    return span ? partsOf(this.session.getSnapshot().paragraphs, span) : []
  }

  decided([id, index]: WordAt): Override {
    const paragraph = this.session.getSnapshot().paragraphs.find((one) => one.id === id)
    return paragraph?.overrides?.find(([word]) => word === index)?.[1] ?? {}
  }

  put(cues: Cues): void {
    this.cues = cues
    this.local.add(cues)
    this.show(cues)
  }

  /** As `does`, for what is written stroke by stroke: it is one step, and saved when the hand rests. */
  writes(id: string, operation: CaptionOperation, shown: (cues: Cues) => Cues): boolean {
    if (!this.session.apply({ kind: 'captions', id: null, operations: [operation], burst: id })) return false
    this.put(shown(this.cues))
    return true
  }

  /** Changes the text, and then what is shown. False: nothing was to be changed. */
  does(cue: number, operation: CaptionOperation, shown: (cues: Cues) => Cues): boolean {
    const id = this.row(cue)?.span?.first[0] ?? null
    if (!this.session.apply({ kind: 'captions', id, operations: [operation] })) return false
    this.put(shown(this.cues))
    void this.session.save()
    return true
  }
}
