/** What the tabs show of each other's uploads: one sends, the others show its rows and hand commands to it. */
import * as v from 'valibot'
import { newId } from '@/ids.ts'
import type { Bus } from '@/tabs/bus.ts'
import type { Upload } from './phases.ts'

const COMMANDS = ['pause', 'resume', 'remove', 'hurry', 'whole'] as const
export type Command = (typeof COMMANDS)[number]

const Shown = v.custom<Upload>((value) => {
  const row = value as Partial<Upload> | null
  return typeof row?.key === 'string' && typeof row.name === 'string' && typeof row.phase?.name === 'string'
})
export const TabMessage = v.variant('kind', [
  v.object({ kind: v.literal('rows'), from: v.string(), rows: v.array(Shown) }),
  v.object({ kind: v.literal('do'), key: v.string(), command: v.picklist(COMMANDS) }),
  v.object({ kind: v.literal('who') }),
])
export type TabMessage = v.InferOutput<typeof TabMessage>

/** Builds with other rows use another name. */
export const TABS = 'uploads.1'

const TELL_EVERY_MS = 250

export interface Here {
  /** What this tab has, as it stands. */
  rows: () => Upload[]
  onCommand: (key: string, command: Command) => void
  /** All that tab `from` has. */
  onRows: (from: string, rows: readonly Upload[]) => void
}

export class Mirror {
  private readonly tab = newId()
  private timer: ReturnType<typeof setTimeout> | null = null
  private told = ''

  constructor(
    private readonly bus: Bus<TabMessage> | null,
    private readonly here: Here,
  ) {
    bus?.listen((message) => {
      if (message.kind === 'rows') here.onRows(message.from, message.rows)
      else if (message.kind === 'do') here.onCommand(message.key, message.command)
      else this.tell()
    })
  }

  /** Ask the other tabs what they have. */
  ask(): void {
    this.bus?.tell({ kind: 'who' })
  }

  command(key: string, command: Command): void {
    this.bus?.tell({ kind: 'do', key, command })
  }

  /** Something changed: at once if it is a phase, else a few times a second. */
  changed(): void {
    if (!this.bus) return
    const phases = this.here.rows().map(({ key, phase }) => `${key} ${phase.name}`)
    if (phases.join() !== this.told) this.tell()
    else if (phases.length > 0) this.timer ??= setTimeout(() => this.tell(), TELL_EVERY_MS)
  }

  private tell(): void {
    if (this.timer) clearTimeout(this.timer)
    this.timer = null
    const rows = this.here.rows()
    if (rows.length === 0 && this.told === '') return
    this.told = rows.map(({ key, phase }) => `${key} ${phase.name}`).join()
    this.bus?.tell({ kind: 'rows', from: this.tab, rows })
  }
}
