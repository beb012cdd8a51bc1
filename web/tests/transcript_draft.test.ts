/** @vitest-environment jsdom */
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { browserDrafts, type Draft } from '@/transcript/draft.ts'

const renamed = (name: string): Draft => ({ base: 3, steps: [[{ op: 'name', speaker: 'S1', name }]] })
const found = async (job: string): Promise<Draft | null> => {
  const draft = (await browserDrafts().open(job)).found
  return draft && { base: draft.base, steps: draft.steps }
}

test('last words count more than what was written before them', async () => {
  const draft = await browserDrafts().open('one')
  await draft.keep(renamed('Ann'))
  draft.keepLast(renamed('Anna'))
  expect(await found('one')).toEqual(renamed('Anna'))
  expect(await found('other')).toBeNull()
})

test('they are found where nothing was written yet', async () => {
  const draft = await browserDrafts().open('two')
  draft.keepLast(renamed('Anna'))
  expect(await found('two')).toEqual(renamed('Anna'))
})

test('they are forgotten with what they said', async () => {
  const draft = await browserDrafts().open('three')
  draft.keepLast(renamed('Anna'))
  await draft.keep(null)
  expect(await found('three')).toBeNull()
  expect(Object.keys(localStorage).filter((key) => key.includes('three'))).toEqual([])
})

test('garbage among them stops nothing', async () => {
  localStorage.setItem('aisubs.last-words.four/x', '{"v":1,')
  expect(await found('four')).toBeNull()
})
