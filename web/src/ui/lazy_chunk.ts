import { type ComponentType, lazy, type LazyExoticComponent } from 'react'
import { loadChunk } from '@/chunks.ts'

// What React itself says of a component whose properties do not matter.
// eslint-disable-next-line @typescript-eslint/no-explicit-any
type AnyComponent = ComponentType<any>

/** The component `name` of a part that is loaded when it is first shown, however long the server is silent. */
export function lazyChunk<Chunk extends Record<Name, AnyComponent>, Name extends keyof Chunk>(
  load: () => Promise<Chunk>,
  name: Name,
): LazyExoticComponent<Chunk[Name]> {
  return lazy(async () => ({ default: (await loadChunk(load))[name] }))
}
