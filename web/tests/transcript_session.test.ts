import 'fake-indexeddb/auto'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { transcriptsOverHttp } from '@/backend/transcripts.ts'
import { browserDrafts, type Draft } from '@/transcript/draft.ts'
import { openTranscript, type TranscriptSession, type TranscriptSnapshot } from '@/transcript/session.ts'
import { RevisionServer } from './revision_server.ts'
import { paragraphFrom } from './texts.ts'

const machine = [
  paragraphFrom('0', ['good', 'morning', 'all'], { every: 400, lasting: 300, speaker: 'Speaker 1' }),
  paragraphFrom('1', ['thank', 'you', 'Anna'], { from: 2000, every: 400, lasting: 300, speaker: 'Speaker 2' }),
]

let server: RevisionServer
let sessions: TranscriptSession[] = []
let jobs = 0
let job = ''

beforeEach(async () => {
  server = await new RevisionServer(machine).start()
  job = `job${(jobs += 1)}`
})
afterEach(async () => {
  for (const session of sessions) session.close()
  sessions = []
  await server.stop()
})

async function opened(options: Parameters<typeof openTranscript>[2] = {}): Promise<TranscriptSession> {
  const session = openTranscript(transcriptsOverHttp(server.url), { id: job, token: 't' }, options)
  sessions.push(session)
  await session.refresh()
  return session
}

/** As after a crash: nothing of the old one is heard any more, only what it kept on the device is there. */
async function crashed(session: TranscriptSession): Promise<void> {
  const kept = session.getSnapshot()
  await until(async () => kept.saving === 'saved' || (await keptDraft()) !== null)
  sessions = sessions.filter((one) => one !== session)
}

const keptDraft = async (): Promise<Draft | null> => (await browserDrafts().open(job)).found

async function until(holds: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = Date.now() + 10_000; !(await holds()); await new Promise((resolve) => setTimeout(resolve, 5))) {
    if (Date.now() > end) throw new Error('it never came to that')
  }
}

const texts = (document: Pick<TranscriptSnapshot, 'paragraphs'>): string[] => document.paragraphs.map(({ text }) => text)
const type = (session: TranscriptSession, id: string, text: string): boolean => session.apply({ kind: 'edit', id, text })

test('an edit is shown at once and saved as a revision', async () => {
  const session = await opened()
  expect(session.getSnapshot()).toMatchObject({ phase: 'ready', editable: true, saving: 'saved', canUndo: false, revision: 0 })
  const [, other] = session.getSnapshot().paragraphs
  expect(type(session, '0', 'good evening all')).toBe(true)
  expect(session.getSnapshot()).toMatchObject({ saving: 'saving', canUndo: true })
  expect(session.getSnapshot().paragraphs[1]).toBe(other)
  await session.save()
  expect(session.getSnapshot()).toMatchObject({ saving: 'saved', revision: 1, savedAt: Date.parse('2026-01-02T03:04:05Z') })
  expect(texts(server.newest)).toEqual(['good evening all', 'thank you Anna'])
  session.undo()
  await session.save()
  expect(server.revisions[2]).toEqual(server.revisions[0])
})

test('a change is sent by itself', async () => {
  const session = await opened()
  type(session, '0', 'good evening all')
  await until(() => session.getSnapshot().saving === 'saved')
  expect(texts(server.newest)[0]).toBe('good evening all')
})

test('what is running or only read cannot be changed', async () => {
  server.status = 'processing'
  const running = await opened()
  expect(running.getSnapshot()).toMatchObject({ phase: 'ready', editable: false })
  expect(type(running, '0', 'x')).toBe(false)
  const [first] = running.getSnapshot().paragraphs
  server.revisions[0] = { paragraphs: [...machine, paragraphFrom('2', ['more'], { from: 9000, every: 1, lasting: 1 })], speakers: {} }
  await running.refresh()
  expect(running.getSnapshot().paragraphs).toHaveLength(3)
  expect(running.getSnapshot().paragraphs[0]).toBe(first)
  server.status = 'completed'
  expect((await opened({ readOnly: true })).getSnapshot().editable).toBe(false)
  await running.refresh()
  expect(running.getSnapshot().editable).toBe(true)
})

test('an edit outlives a crash', async () => {
  const session = await opened()
  type(session, '0', 'good evening all')
  await crashed(session)
  const again = await opened()
  expect(texts(again.getSnapshot())[0]).toBe('good evening all')
  await again.save()
  expect(texts(server.newest)[0]).toBe('good evening all')
  await until(async () => (await keptDraft()) === null)
})

test('a save whose answer was lost is no conflict, and is not made twice', async () => {
  const session = await opened()
  server.loseAnswer = true
  type(session, '0', 'good evening all')
  await session.save()
  expect(session.getSnapshot().saving).toBe('unsaved-offline')
  type(session, '1', 'thank you Ben')
  await session.save()
  await until(() => session.getSnapshot().saving === 'saved')
  expect(server.revisions.map(texts)).toEqual([
    ['good morning all', 'thank you Anna'],
    ['good evening all', 'thank you Anna'],
    ['good evening all', 'thank you Ben'],
  ])
  server.loseAnswer = true
  type(session, '1', 'thank you Cleo')
  await session.save()
  await crashed(session)
  const again = await opened()
  await until(() => again.getSnapshot().saving === 'saved')
  expect(server.revisions).toHaveLength(4)
  expect(texts(again.getSnapshot())).toEqual(['good evening all', 'thank you Cleo'])
})

test('without a server changes are kept, and saved when it is back', async () => {
  const session = await opened()
  server.down = true
  type(session, '0', 'good evening all')
  await session.save()
  expect(session.getSnapshot()).toMatchObject({ saving: 'unsaved-offline', kept: true, fault: { code: 'offline' } })
  expect((await keptDraft())?.base).toBe(0)
  server.down = false
  await session.save()
  expect(session.getSnapshot()).toMatchObject({ saving: 'saved', fault: null })
})

test('changes of different paragraphs by two people go together', async () => {
  const [one, other] = [await opened({ drafts: nobodys }), await opened({ drafts: nobodys })]
  type(one, '0', 'good evening all')
  type(other, '1', 'thank you Ben')
  await one.save()
  await other.save()
  await until(() => other.getSnapshot().saving === 'saved')
  expect(texts(server.newest)).toEqual(['good evening all', 'thank you Ben'])
  expect(texts(other.getSnapshot())).toEqual(texts(server.newest))
})

test.each(['mine', 'theirs'] as const)('two change the same paragraph: %s wins, both stay', async (choice) => {
  const [one, other] = [await opened({ drafts: nobodys }), await opened({ drafts: nobodys })]
  type(one, '0', 'good evening all')
  await one.save()
  type(other, '0', 'good night all')
  await other.save()
  await until(() => other.getSnapshot().saving === 'conflict')
  const { conflict, editable } = other.getSnapshot()
  expect(editable).toBe(false)
  expect([conflict?.mine, conflict?.theirs].map((text) => text && texts(text)[0])).toEqual(['good night all', 'good evening all'])
  await other.resolve(choice)
  expect(other.getSnapshot()).toMatchObject({ saving: 'saved', conflict: null, editable: true })
  const wanted = choice === 'mine' ? 'good night all' : 'good evening all'
  expect([texts(other.getSnapshot())[0], texts(server.newest)[0]]).toEqual([wanted, wanted])
  const all = server.revisions.map((document) => texts(document)[0])
  expect(all).toEqual(expect.arrayContaining(['good evening all', 'good night all', 'good morning all']))
})

test('an older text comes back as a step that can be undone', async () => {
  const session = await opened()
  type(session, '0', 'good evening all')
  await session.save()
  session.apply({ kind: 'renameSpeaker', speaker: 'Speaker 1', name: 'Anna' })
  await session.restore(0)
  expect(texts(session.getSnapshot())[0]).toBe('good morning all')
  expect(session.getSnapshot()).toMatchObject({ speakers: {}, revision: 3, saving: 'saved' })
  session.undo()
  await session.save()
  expect(texts(server.newest)[0]).toBe('good evening all')
  expect(server.newest.speakers).toEqual({ 'Speaker 1': 'Anna' })
})

test('speakers that are told apart anew are a step here too: unsaved changes go before it, and it can be undone', async () => {
  const session = await opened()
  const before = session.getSnapshot().paragraphs.map(({ speaker }) => speaker)
  server.toldApart = (number) => before.map((_, at) => `Speaker ${(at % (number ?? 1)) + 1}`)
  type(session, '0', 'good evening all')
  session.apply({ kind: 'renameSpeaker', speaker: 'Speaker 1', name: 'Anna' })
  await session.redoSpeakers(2)
  const { paragraphs, speakers, saving, revision } = session.getSnapshot()
  expect(paragraphs.map(({ speaker }) => speaker)).toEqual(before.map((_, at) => `Speaker ${(at % 2) + 1}`))
  expect([texts({ paragraphs })[0], speakers, saving, revision]).toEqual(['good evening all', { 'Speaker 1': 'Anna' }, 'saved', 2])
  session.undo()
  await session.save()
  expect(server.newest.paragraphs.map(({ speaker }) => speaker)).toEqual(before)
  expect(texts(server.newest)[0]).toBe('good evening all')
  await session.redoSpeakers(null)
  expect(new Set(server.newest.paragraphs.map(({ speaker }) => speaker))).toEqual(new Set(['Speaker 1']))
})

test('what somebody else has saved is shown when nothing here is unsaved', async () => {
  const [one, other] = [await opened({ drafts: nobodys }), await opened({ drafts: nobodys })]
  type(one, '0', 'good evening all')
  await one.save()
  await other.refresh()
  expect(other.getSnapshot()).toMatchObject({ revision: 1 })
  expect(texts(other.getSnapshot())[0]).toBe('good evening all')
  type(other, '0', 'good night all')
  await other.save()
  expect(texts(server.newest)[0]).toBe('good night all')
})

test('a refused change stays, its reason is told, and undone it is in nobody’s way', async () => {
  const session = await opened()
  server.forbidden = 'evening'
  type(session, '1', 'thank you Ben')
  type(session, '0', 'good evening all')
  await session.save()
  expect(session.getSnapshot()).toMatchObject({ saving: 'unsaved-fault', fault: { code: 'bad_request' } })
  expect(texts(session.getSnapshot())[0]).toBe('good evening all')
  session.undo()
  await until(async () => (await session.save(), session.getSnapshot().saving === 'saved'))
  expect(texts(server.newest)).toEqual(['good morning all', 'thank you Ben'])
})

test('a draft that fits no text any more locks nobody out', async () => {
  const session = await opened()
  server.down = true
  type(session, '0', 'good evening all')
  type(session, '1', 'thank you Ben')
  await crashed(session)
  server.down = false
  server.revisions[0] = { paragraphs: machine.slice(1), speakers: {} }
  const again = await opened()
  await until(async () => (await again.save(), again.getSnapshot().saving === 'saved'))
  expect(again.getSnapshot().editable).toBe(true)
  expect(texts(server.newest)).toEqual(['thank you Ben'])
})

test('thousands of changes at once are saved in several requests', async () => {
  const many = Array.from({ length: 2500 }, (_, id) => paragraphFrom(String(id), ['the', 'end'], { from: id * 10, every: 5, lasting: 5 }))
  server.revisions[0] = { paragraphs: many, speakers: {} }
  const session = await opened()
  session.apply({ kind: 'editAll', edits: many.map(({ id }) => ({ id, text: 'an end' })) })
  await until(async () => (await session.save(), session.getSnapshot().saving === 'saved'))
  expect(new Set(texts(server.newest))).toEqual(new Set(['an end']))
  expect(server.revisions).toHaveLength(4)
  session.undo()
  await until(async () => (await session.save(), session.getSnapshot().saving === 'saved'))
  expect(server.newest).toEqual(server.revisions[0])
})

test('without storage nothing is promised', async () => {
  const broken = { open: () => Promise.resolve({ found: null, keep: () => Promise.resolve(false), keepLast: () => undefined, leave: () => undefined }) }
  const session = await opened({ drafts: broken })
  type(session, '0', 'good evening all')
  await until(() => !session.getSnapshot().kept)
  await session.save()
  expect(session.getSnapshot().saving).toBe('saved')
})

/** Two people: each has a device of their own. */
const nobodys = { open: () => Promise.resolve({ found: null, keep: () => Promise.resolve(true), keepLast: () => undefined, leave: () => undefined }) }
