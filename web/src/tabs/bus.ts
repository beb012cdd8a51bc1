/** What the tabs of this page tell each other. Nobody hears what they said themselves. */
import * as v from 'valibot'

export interface Bus<Message> {
  tell(message: Message): void
  /** The returned function ends it. */
  listen(listener: (message: Message) => void): () => void
  close(): void
}

/** Tabs may run different builds: a message that does not fit `schema` is none. */
export function openBus<S extends v.GenericSchema>(name: string, schema: S): Bus<v.InferOutput<S>> {
  const listeners = new Set<(message: v.InferOutput<S>) => void>()
  const channel = typeof BroadcastChannel === 'undefined' ? null : new BroadcastChannel(`aisubs.${name}`)
  channel?.addEventListener('message', (event: MessageEvent<unknown>) => {
    const parsed = v.safeParse(schema, event.data)
    if (parsed.success) for (const listener of [...listeners]) listener(parsed.output)
  })
  return {
    tell: (message) => channel?.postMessage(message),
    listen(listener) {
      listeners.add(listener)
      return () => listeners.delete(listener)
    },
    close: () => channel?.close(),
  }
}
