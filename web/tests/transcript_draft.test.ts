/** @vitest-environment jsdom */
import 'fake-indexeddb/auto'
import { expect, test } from 'vitest'
import { browserDrafts, type Draft } from '@/transcript/draft.ts'

const renamed = (name: string): Draft => ({ base: 3, steps: [[{ op: 'name', speaker: 'S1', name }]] })
const found = async (job: string): Promise<Draft | null> => {
  const draft = (await browserDrafts().desk(job)).found
  return draft && { base: draft.base, steps: draft.steps }
}

test('last words count more than what was written before them', async () => {
  const desk = await browserDrafts().desk('one')
  await desk.keep(renamed('Ann'))
  desk.keepLast(renamed('Anna'))
  expect(await found('one')).toEqual(renamed('Anna'))
  expect(await found('other')).toBeNull()
})

test('they are found where nothing was written yet', async () => {
  const desk = await browserDrafts().desk('two')
  desk.keepLast(renamed('Anna'))
  expect(await found('two')).toEqual(renamed('Anna'))
})

test('they are forgotten with what they said', async () => {
  const desk = await browserDrafts().desk('three')
  desk.keepLast(renamed('Anna'))
  await desk.keep(null)
  expect(await found('three')).toBeNull()
  expect(Object.keys(localStorage).filter((key) => key.includes('three'))).toEqual([])
})

test('garbage among them stops nothing', async () => {
  localStorage.setItem('aisubs.last-words.four/x', '{"v":1,')
  expect(await found('four')).toBeNull()
})
