/** The live line of the cloud edition: a private broadcast channel of Supabase Realtime for each job, by its secret name. */
import { createClient, type RealtimeChannel } from '@supabase/supabase-js'
import * as v from 'valibot'
import { Hint, type LiveListener, type LiveSource, waitBeforeTry } from './live.ts'

/** Each channel is joined, and its right to it checked, on its own; a project has a quota of joins a second. */
const CHANNELS = 50

interface Watched {
  channel: RealtimeChannel
  joined: boolean
}

export class SupabaseSource implements LiveSource {
  private readonly client: ReturnType<typeof createClient>
  private readonly watched = new Map<string, Watched>()
  /** Topics that the project will not let us read: their jobs are gone. */
  private readonly refused = new Set<string>()
  private readonly authorized: Promise<void>
  private closed = false

  constructor(
    { url, key }: { url: string; key: string },
    private readonly on: LiveListener,
  ) {
    this.client = createClient(url, key, {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      realtime: { reconnectAfterMs: waitBeforeTry },
    })
    this.authorized = this.client.realtime.setAuth()
  }

  watch(topics: readonly string[]): void {
    const wanted = new Set(topics.filter((topic) => !this.refused.has(topic)).slice(0, CHANNELS))
    for (const [topic, { channel }] of this.watched) {
      if (wanted.has(topic)) continue
      this.watched.delete(topic)
      void this.client.removeChannel(channel)
    }
    for (const topic of wanted) if (!this.watched.has(topic)) this.join(topic)
    this.tellIfComplete()
  }

  /** The client notices a dead line by its own heartbeat; this makes it look now. */
  check(): void {
    if (this.client.realtime.isConnected()) void this.client.realtime.sendHeartbeat()
    else if (this.watched.size > 0) this.client.realtime.connect()
  }

  close(): void {
    this.closed = true
    this.watched.clear()
    void this.client.removeAllChannels()
  }

  private join(topic: string): void {
    const channel = this.client.channel(topic, { config: { private: true } })
    const watched: Watched = { channel, joined: false }
    this.watched.set(topic, watched)
    channel.on('broadcast', { event: 'job' }, ({ payload }) => {
      const parsed = v.safeParse(Hint, payload)
      if (parsed.success) this.on.hint(parsed.output)
    })
    void this.authorized.then(() => {
      if (this.watched.get(topic) !== watched) return
      channel.subscribe((status, problem) => this.hear(topic, watched, status, problem))
    })
  }

  private hear(topic: string, watched: Watched, status: string, problem: Error | undefined): void {
    if (this.closed || this.watched.get(topic) !== watched) return
    watched.joined = status === 'SUBSCRIBED'
    if (watched.joined) return this.tellIfComplete()
    if (problem?.message.startsWith('Unauthorized')) {
      // The client would ask again for ever. That the job is gone is for the API to say.
      this.refused.add(topic)
      this.watched.delete(topic)
      void this.client.removeChannel(watched.channel)
      return this.tellIfComplete()
    }
    this.on.lost()
  }

  private tellIfComplete(): void {
    if ([...this.watched.values()].every(({ joined }) => joined)) this.on.ready()
  }
}
