import { describe, expect, test } from 'vitest'
import { askedLocks } from '@/tabs/asked_locks.ts'

let at = 0
const newName = (): string => `lock ${(at += 1)}`

describe('locks of tabs that have to ask each other', () => {
  test('one has it, and the next one once it is given back', async () => {
    const name = newName()
    const [one, two] = [askedLocks(), askedLocks()]
    const release = await one.hold(name)
    expect(await two.isHeld(name)).toBe(true)
    let second = false
    const waiting = two.hold(name).then((free) => ((second = true), free))
    expect(await one.isHeld(name)).toBe(true)
    expect(second).toBe(false)
    release()
    ;(await waiting)()
    expect(await one.isHeld(name)).toBe(false)
  })

  test('of many that want it at once exactly one has it', async () => {
    const name = newName()
    const tabs = Array.from({ length: 6 }, () => askedLocks())
    let holders = 0
    let most = 0
    await Promise.all(
      tabs.map(async (tab) => {
        const release = await tab.hold(name)
        holders += 1
        most = Math.max(most, holders)
        await tab.isHeld(newName()) // takes as long as it takes to ask
        holders -= 1
        release()
      }),
    )
    expect(most).toBe(1)
  }, 60_000)

  test('a tab that has given up waiting does not get it', async () => {
    const name = newName()
    const [one, two] = [askedLocks(), askedLocks()]
    const release = await one.hold(name)
    const patience = new AbortController()
    const waiting = two.hold(name, patience.signal)
    patience.abort()
    await expect(waiting).rejects.toThrow()
    release()
    expect(await two.isHeld(name)).toBe(false)
  })
})
