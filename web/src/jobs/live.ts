/** One live line for all tabs: the leading tab holds it, the others tell it what to watch and hear what it hears. */
import * as v from 'valibot'
import type { ServerConfig } from '@/backend/facts.ts'
import { Hint, type LiveListener, type LiveSource, waitBeforeTry } from '@/backend/live.ts'
import { newId } from '@/ids.ts'
import { type Bus, openBus } from '@/tabs/bus.ts'
import { lead } from '@/tabs/leader.ts'

const Message = v.variant('kind', [
  v.object({ kind: v.literal('watch'), tab: v.string(), topics: v.array(v.string()) }),
  v.object({ kind: v.literal('who-watches') }),
  v.object({ kind: v.literal('state'), live: v.boolean() }),
  v.object({ kind: v.literal('ready') }),
  v.object({ kind: v.literal('hint'), hint: Hint }),
])
type Message = v.InferOutput<typeof Message>

const BEAT_MS = 20_000
/** Timers of a tab that nobody looks at run once a minute. */
const SILENT_MS = 90_000

export type OpenSource = (kind: ServerConfig['live'], listener: LiveListener) => Promise<LiveSource | null>

export class Live {
  private readonly bus: Bus<Message> = openBus('live', Message)
  private readonly tab = newId()
  private own: readonly string[] = []
  private readonly followed = new Map<string, number>()
  private readonly others = new Map<string, readonly string[]>()
  private readonly hintListeners = new Set<(hint: Hint) => void>()
  private readonly readyListeners = new Set<() => void>()
  private leading = false
  private source: LiveSource | null = null
  private live = false
  private silent: ReturnType<typeof setTimeout> | undefined
  private readonly stateListeners = new Set<() => void>()

  constructor(
    private readonly config: () => Promise<ServerConfig>,
    private readonly open: OpenSource,
  ) {}

  /** Hints come as they happen, so nobody needs to ask every few seconds. */
  get isLive(): boolean {
    return this.live
  }

  readonly subscribe = (listener: () => void): (() => void) => {
    this.stateListeners.add(listener)
    return () => this.stateListeners.delete(listener)
  }

  readonly getSnapshot = (): boolean => this.live

  get isLeader(): boolean {
    return this.leading
  }

  onHint(listener: (hint: Hint) => void): () => void {
    this.hintListeners.add(listener)
    return () => this.hintListeners.delete(listener)
  }

  /** Called when hints begin to come, or to come again: what was missed has to be asked for. */
  onReady(listener: () => void): () => void {
    this.readyListeners.add(listener)
    return () => this.readyListeners.delete(listener)
  }

  start(): () => void {
    const stopListening = this.bus.listen((message) => this.take(message))
    const giveUp = lead('live', () => this.begin())
    this.tellTopics()
    const back = (): void => this.check()
    const leave = (): void => this.bus.tell({ kind: 'watch', tab: this.tab, topics: [] })
    for (const name of ['online', 'pageshow']) addEventListener(name, back)
    addEventListener('pagehide', leave)
    document.addEventListener('visibilitychange', back)
    return () => {
      leave()
      giveUp()
      stopListening()
      for (const name of ['online', 'pageshow']) removeEventListener(name, back)
      removeEventListener('pagehide', leave)
      document.removeEventListener('visibilitychange', back)
    }
  }

  /** After a sleep the leader may be another one, and the line dead. */
  check(): void {
    this.tellTopics()
    this.source?.check()
  }

  /** The topics of this tab's jobs, the most wanted first. */
  watch(topics: readonly string[]): void {
    if (topics.join() === this.own.join()) return
    this.own = topics
    this.tellTopics()
  }

  /** Also this one, which is no job of the list: someone else's, that was shared. The returned function ends it. */
  follow(topic: string): () => void {
    this.count(topic, 1)
    return () => this.count(topic, -1)
  }

  private count(topic: string, change: number): void {
    const times = (this.followed.get(topic) ?? 0) + change
    if (times > 0) this.followed.set(topic, times)
    else this.followed.delete(topic)
    this.tellTopics()
  }

  private topics(): string[] {
    return [...this.followed.keys(), ...this.own]
  }

  private tellTopics(): void {
    if (this.leading) this.watchAll()
    else this.bus.tell({ kind: 'watch', tab: this.tab, topics: this.topics() })
  }

  private watchAll(): void {
    this.source?.watch([...new Set([...this.topics(), ...[...this.others.values()].flat()])])
  }

  private take(message: Message): void {
    if (!this.leading && message.kind !== 'watch') this.expectWord()
    if (message.kind === 'hint') this.hear(message.hint)
    else if (message.kind === 'ready') this.ready()
    else if (message.kind === 'state') this.learn(message.live)
    else if (message.kind === 'who-watches') this.tellTopics()
    else if (this.leading) {
      this.others.set(message.tab, message.topics)
      this.bus.tell({ kind: 'state', live: this.live })
      this.watchAll()
    }
  }

  /** A leader that was stopped dead keeps its lock, and would be believed for ever. */
  private expectWord(): void {
    clearTimeout(this.silent)
    this.silent = setTimeout(() => this.leading || this.learn(false), SILENT_MS)
  }

  private hear(hint: Hint): void {
    for (const listener of this.hintListeners) listener(hint)
  }

  private learn(live: boolean): void {
    if (live === this.live) return
    this.live = live
    for (const listener of this.stateListeners) listener()
  }

  private ready(): void {
    this.learn(true)
    for (const listener of this.readyListeners) listener()
  }

  private begin(): () => void {
    const turn = new AbortController()
    this.leading = true
    this.become(false)
    this.bus.tell({ kind: 'who-watches' })
    void this.connect(turn.signal, 0)
    const beat = setInterval(() => this.become(this.live), BEAT_MS)
    return () => {
      turn.abort()
      clearInterval(beat)
      this.source?.close()
      this.source = null
      this.leading = false
      this.others.clear()
      this.become(false)
    }
  }

  private become(live: boolean): void {
    this.learn(live)
    this.bus.tell({ kind: 'state', live })
  }

  private async connect(turn: AbortSignal, attempt: number): Promise<void> {
    try {
      const { live } = await this.config()
      const source = await this.open(live, this.listener(turn))
      if (turn.aborted) return source?.close()
      this.source = source
      this.watchAll()
    } catch {
      // The server, or a part of this page, could not be had. Until then the jobs are asked for every few seconds.
      if (!turn.aborted) setTimeout(() => !turn.aborted && void this.connect(turn, attempt + 1), waitBeforeTry(attempt))
    }
  }

  private listener(turn: AbortSignal): LiveListener {
    return {
      hint: (hint) => {
        if (turn.aborted) return
        this.bus.tell({ kind: 'hint', hint })
        this.hear(hint)
      },
      ready: () => {
        if (turn.aborted) return
        this.bus.tell({ kind: 'ready' })
        this.ready()
      },
      lost: () => {
        if (!turn.aborted) this.become(false)
      },
    }
  }
}
