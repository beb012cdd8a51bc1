/** Web Push: the browser's push service is the edge that is stood in for. */
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { PushLine, type PushContext } from '@/jobs/push.ts'

const JOB = { ref: { id: 'one', token: 'own_x' }, job: { status: 'processing' } }

function surroundings() {
  const made: string[] = []
  const told: string[] = []
  let kind: 'machine' | 'browser' = 'machine'
  const listeners: (() => void)[] = []
  const around = {
    backend: {
      subscribePush: (ref: { id: string }, shown: { endpoint: string }) => {
        told.push(`${ref.id} ${shown.endpoint}`)
        return Promise.resolve()
      },
    },
    store: { getSnapshot: () => ({ entries: [JOB] }), subscribe: () => () => undefined },
    identity: {
      getSnapshot: () => ({ kind }),
      subscribe: (listener: () => void) => {
        listeners.push(listener)
        return () => void listeners.splice(listeners.indexOf(listener), 1)
      },
    },
    config: () => Promise.resolve({ push: { key: 'key' } }),
    registration: () =>
      Promise.resolve({
        pushManager: {
          subscribe: () => {
            const endpoint = `https://push.example/${made.length + 1}`
            made.push(endpoint)
            return Promise.resolve({
              toJSON: () => ({ endpoint }),
              unsubscribe: () => Promise.resolve(made.splice(made.indexOf(endpoint), 1, `${endpoint} ended`)),
            })
          },
        },
      }),
    language: () => 'en',
    wanted: () => true,
  } as unknown as PushContext
  const become = (next: typeof kind): void => {
    kind = next
    listeners.forEach((listener) => listener())
  }
  return { around, made, told, become, listeners }
}

beforeEach(() => vi.stubGlobal('PushManager', Object))
afterEach(() => vi.unstubAllGlobals())

test('signing out ends the subscription that knows the jobs of that library', async () => {
  const { around, made, told, become, listeners } = surroundings()
  const end = new PushLine(around).start()
  await vi.waitFor(() => expect(told).toEqual(['one https://push.example/1']))
  become('browser')
  await vi.waitFor(() => expect(made).toEqual(['https://push.example/1 ended', 'https://push.example/2']))
  await vi.waitFor(() => expect(told).toHaveLength(2)) // what is this browser's own
  become('machine')
  expect(made).toHaveLength(2)
  end()
  expect(listeners).toEqual([])
})
