/** Signing out, or deleting the account, leaves nothing in the browser: everything in which a page can keep anything is enumerated,
 *  and is as if the page had been opened for the first time. */
import { readFileSync } from 'node:fs'
import { afterAll, expect, test } from 'vitest'
import { accountEn } from '@/i18n/en/account.ts'
import { expectAccessible, openPage, type Watched } from './browser.ts'
import { CLIENT_ID, ISSUER_NAME, OidcIssuer } from './oidc_issuer.ts'
import { opened } from './opened.ts'
import { quietRecording, video } from './recordings.ts'
import { ask, everythingKept, type Kept, logInAtIssuer, openAccount, sessionToken, settle } from './signing_in.ts'
import { choose, transcribe } from './upload_page.ts'

const issuer = await new OidcIssuer().start()
const { edition, browser } = await opened({ OIDC_ISSUER: issuer.issuer, OIDC_CLIENT_ID: CLIENT_ID, OIDC_NAME: ISSUER_NAME })
issuer.serve([edition.url])
afterAll(() => issuer.stop())

const open = (path = '/'): Promise<Watched> =>
  openPage(browser, edition.url + path, { permissions: ['notifications'] }, undefined, [issuer.origin])

/** What there is in a browser that has opened the page once. */
async function keptByFresh(): Promise<Kept> {
  const { page, context } = await open()
  await settle(page)
  const kept = await everythingKept(page)
  await context.close()
  return kept
}

test('signed out, the browser is as if the page had been opened for the first time', async () => {
  const untouched = await keptByFresh()
  const { page, context } = await open('/sign-in')
  await logInAtIssuer(page, 'anna')
  await choose(page, quietRecording('of-anna.wav', 2, 21))
  await transcribe(page)
  await page.locator('article[data-status="completed"]').waitFor({ timeout: 120_000 })
  await choose(page, video('not-sent.mp4', 5, 22))
  await page.getByRole('button', { name: 'Transcribe', exact: true }).waitFor()
  await fillEverything(page)
  const full = await everythingKept(page)
  const token = await sessionToken(page)
  expect(Object.keys(full.local).sort()).toEqual(expect.arrayContaining(['aisubs.identity.v1', 'aisubs.jobs.v1', 'aisubs.jobs.v1.bad', 'aisubs.theme']))
  expect(Object.keys(full.databases)).toEqual(expect.arrayContaining(['aisubs-jobs/jobs', 'aisubs-drafts/drafts']))
  expect([full.files.length, full.notices, Object.keys(full.session).length]).toEqual([1, 1, 1])

  const tab = await context.newPage()
  await tab.goto(`${edition.url}/library`)
  await tab.getByRole('link', { name: 'of-anna.wav', exact: true }).waitFor()
  await page.getByRole('button', { name: 'Account: Anna Lindqvist' }).click()
  await page.getByRole('button', { name: 'Sign out', exact: true }).click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.waitForURL(`${edition.url}/`)
  await tab.getByText('Nothing here yet').waitFor()
  await tab.close()
  await settle(page)
  await expect.poll(() => everythingKept(page)).toEqual(untouched)
  expect((await ask(page, '/api/jobs', token)).status).toBe(401)
  await context.close()
})

test('a deleted account leaves nothing at the server or in the browser, and is told what stays until when', async () => {
  const untouched = await keptByFresh()
  const { page, context } = await open('/sign-in')
  await logInAtIssuer(page, 'bela')
  await choose(page, quietRecording('of-bela.wav', 2, 23))
  await transcribe(page)
  await page.locator('article[data-status="completed"]').waitFor({ timeout: 120_000 })
  const token = await sessionToken(page)
  await openAccount(page, 'Béla Harbour')
  await expectAccessible(page, 'the account')
  await page.getByRole('button', { name: 'Delete my account' }).click()
  const asking = page.getByRole('dialog', { name: /^Delete the account .* and everything in it\?$/ })
  const sure = asking.getByRole('button', { name: 'Delete everything' })
  expect(await sure.isDisabled()).toBe(true)
  await asking.getByLabel('To go on, type DELETE').fill('DELETE')
  await expectAccessible(page, 'the question')
  await sure.click()

  const told = page.getByRole('dialog', { name: 'Your account is deleted' })
  await told.getByText(/^Deleted: 1 recording \(\d+ files? and \d+ entries of the database\)\.$/).waitFor()
  const kept = await told.getByRole('listitem').allInnerTexts()
  const { upload, logs, backups, this: figures } = accountEn.deletedWhat
  const until = / until \w+ \d+, \d{4}$/
  expect(kept.map((line) => line.replace(until, '…')).sort()).toEqual([logs, backups, `${upload}:…`, `${figures}:…`].sort())
  await expectAccessible(page, 'what was deleted')
  const [list] = await Promise.all([page.waitForEvent('download'), told.getByRole('button', { name: 'Save the list' }).click()])
  const deletions = JSON.parse(readFileSync(await list.path(), 'utf8')) as unknown
  expect(deletions).toMatchObject([{ job_id: expect.any(String) as string, rows: { transcription_jobs: 1 } }])
  expect((await ask(page, '/api/account', token)).status).toBe(401)

  await told.getByRole('button', { name: 'Done' }).click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.waitForURL(`${edition.url}/`)
  await settle(page)
  await expect.poll(() => everythingKept(page)).toEqual(untouched)
  await page.goto(`${edition.url}/sign-in?to=/library`)
  await logInAtIssuer(page, 'bela')
  await page.getByText('Nothing here yet').waitFor()
  await context.close()
})

/** Puts something into every place in which the page keeps anything, beside what a usual visit has left there. */
async function fillEverything(page: Watched['page']): Promise<void> {
  await page.getByRole('button', { name: 'Colours, Language' }).click()
  await page.getByLabel('Colours', { exact: true }).selectOption('dark')
  await page.evaluate(async () => {
    localStorage.setItem('aisubs.jobs.v1.bad', 'what could not be read')
    sessionStorage.setItem('aisubs.shared', 'of a link')
    const folder = await (await navigator.storage.getDirectory()).getDirectoryHandle('uploads', { create: true })
    const file = await (await folder.getFileHandle('sound', { create: true })).createWritable()
    await file.write('of a video')
    await file.close()
    await new Promise<void>((resolve, reject) => {
      const asked = indexedDB.open('aisubs-drafts')
      asked.onupgradeneeded = () => asked.result.createObjectStore('drafts')
      asked.onerror = () => reject(asked.error ?? new Error('IndexedDB'))
      asked.onsuccess = () => {
        const writing = asked.result.transaction('drafts', 'readwrite')
        writing.objectStore('drafts').put('a text that was not saved', 'a draft')
        writing.oncomplete = () => (asked.result.close(), resolve())
      }
    })
    const registration = await navigator.serviceWorker.ready
    await registration.showNotification('of a job')
  })
}
