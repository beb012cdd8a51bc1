/** What links that are given to others begin with. */
import type { ServerConfig } from '@/backend/facts.ts'

export interface LinkBase {
  base: string
  /** `machine`: nobody but this very machine can open them. */
  reach: 'network' | 'machine'
}

/** The page's own address, but on one machine: a page that was opened there as 127.0.0.1 has another address for others. */
export function linkBase(config: ServerConfig | null): LinkBase {
  const said = config?.edition === 'local' ? config.share : null
  return { base: said?.base_url?.replace(/\/+$/, '') ?? location.origin, reach: said?.reach ?? 'network' }
}
