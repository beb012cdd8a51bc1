/** The server's configuration, asked for once and again only after a failure. */
import type { Facts, ServerConfig } from './facts.ts'

export class KnownConfig {
  private asked: Promise<ServerConfig> | null = null
  private known: ServerConfig | null = null
  private readonly listeners = new Set<() => void>()

  constructor(private readonly facts: Pick<Facts, 'config'>) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  /** Null while it is not known. */
  readonly getSnapshot = (): ServerConfig | null => this.known

  /** Rejects with BackendError; the next call asks again. */
  get(): Promise<ServerConfig> {
    this.asked ??= this.facts.config().then(
      (config) => this.learn(config),
      (fault: unknown) => {
        this.asked = null
        throw fault
      },
    )
    return this.asked
  }

  private learn(config: ServerConfig): ServerConfig {
    this.known = config
    for (const listener of this.listeners) listener()
    return config
  }
}
