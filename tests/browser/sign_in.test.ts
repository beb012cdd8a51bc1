/** Accounts by an OpenID Connect issuer, in Chromium and against the real thing: the way there and back, what is refused, what
 *  an account has, and its end. */
import type { Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible, openPage, type Watched } from './browser.ts'
import { CLIENT_ID, ISSUER_NAME, OidcIssuer } from './oidc_issuer.ts'
import { opened } from './opened.ts'
import { quietRecording } from './recordings.ts'
import { ask, logInAtIssuer, openAccount, sessionToken } from './signing_in.ts'
import { choose, transcribe } from './upload_page.ts'

const issuer = await new OidcIssuer().start()
const { edition, browser } = await opened({
  OIDC_ISSUER: issuer.issuer,
  OIDC_CLIENT_ID: CLIENT_ID,
  OIDC_NAME: ISSUER_NAME,
  ADMIN_GROUPS: 'admins',
})
afterAll(() => issuer.stop())

const open = (path = '/'): Promise<Watched> => openPage(browser, edition.url + path, { acceptDownloads: true }, undefined, [issuer.origin])

/** Signed in as `login`, whose `name` the issuer knows. */
async function account(login: string, name: string): Promise<Watched> {
  const watched = await open('/sign-in')
  await logInAtIssuer(watched.page, login)
  await watched.page.getByRole('button', { name: `Account: ${name}` }).waitFor()
  return watched
}

const row = (page: Page, name: string) => page.locator('tr[data-row]').filter({ has: page.getByRole('link', { name, exact: true }) })

beforeAll(async () => {
  // Before the issuer answers, the page says so, and offers to try again.
  const { page, context } = await open('/sign-in')
  await page.getByText(`${ISSUER_NAME} does not answer at the moment.`, { exact: false }).waitFor()
  await expectAccessible(page, 'an issuer that does not answer')
  issuer.serve([edition.url])
  const offered = page.getByRole('button', { name: `Continue with ${ISSUER_NAME}` })
  while ((await offered.count()) === 0) {
    await page.getByRole('button', { name: 'Try again' }).click() // the server asks an issuer that failed every few seconds
    await page.waitForLoadState()
    await offered.or(page.getByRole('button', { name: 'Try again' })).waitFor()
  }
  await expectAccessible(page, 'the ways in')
  await context.close()
})

test('people sign in where they were, and go on there, as the same account on every device', async () => {
  const { page, context } = await open('/library')
  await page.getByRole('link', { name: 'Sign in' }).click()
  await logInAtIssuer(page, 'anna')
  await page.getByText('Everything of yours, on every device', { exact: false }).waitFor()
  expect(page.url()).toBe(`${edition.url}/library`)
  await page.getByRole('link', { name: 'aisubs' }).click()
  await choose(page, quietRecording('of-anna.wav', 2, 11))
  await transcribe(page)
  await page.locator('article[data-status="completed"]').waitFor({ timeout: 120_000 })

  const second = await account('anna', 'Anna Lindqvist')
  await second.page.goto(`${edition.url}/library`)
  await row(second.page, 'of-anna.wav').waitFor()
  await openAccount(second.page, 'Anna Lindqvist')
  await expect.poll(() => second.page.getByRole('list').filter({ hasText: 'this device' }).getByRole('listitem').count()).toBe(2)
  await expectAccessible(second.page, 'the account')

  const stranger = await account('guest', 'A Guest')
  await stranger.page.goto(`${edition.url}/library`)
  await stranger.page.getByText('Nothing here yet').waitFor()
  await Promise.all([context, second.context, stranger.context].map((one) => one.close()))
})

test('a wrong PKCE verifier, another tab’s answer and a no are refused, each with its sentence', async () => {
  const { page, context } = await open('/sign-in')
  await page.route('**/api/sign-in/oidc', async (route) => {
    const body = route.request().postDataJSON() as { code_verifier: string }
    await route.continue({ postData: JSON.stringify({ ...body, code_verifier: body.code_verifier.replaceAll(/[0-9a-f]/g, '0') }) })
  })
  await logInAtIssuer(page, 'anna')
  await page.getByText('The sign-in was not accepted. Try again.').first().waitFor()
  expect(page.url()).toBe(`${edition.url}/sign-in/callback`) // the code has left the address
  expect(await sessionToken(page)).toBeNull()
  await expectAccessible(page, 'a sign-in that failed')
  await page.unroute('**/api/sign-in/oidc')

  await page.goto(`${edition.url}/sign-in/callback?code=invented&state=of-nobody`)
  await page.getByText('This sign-in has run out, or was begun in another tab', { exact: false }).first().waitFor()

  await context.clearCookies()
  await page.getByRole('link', { name: 'Try again' }).click()
  await page.getByRole('button', { name: `Continue with ${ISSUER_NAME}` }).click()
  await page.getByRole('button', { name: 'No', exact: true }).click()
  await page.getByText('The sign-in was cancelled.').first().waitFor()
  await context.close()
})

test('an address of another site is no place to come back to', async () => {
  const { page, context } = await open('/sign-in?to=//stranger.example/x')
  await logInAtIssuer(page, 'anna')
  await page.getByRole('button', { name: 'Account: Anna Lindqvist' }).waitFor()
  expect(page.url()).toBe(`${edition.url}/`)
  await context.close()
})

test('recordings from before are the account’s after a yes, and then nothing else opens them', async () => {
  const { page, context } = await open()
  await choose(page, quietRecording('from-before.wav', 2, 12))
  await transcribe(page)
  await page.locator('article[data-status="completed"]').waitFor({ timeout: 120_000 })
  const [job] = await page.evaluate(() => JSON.parse(localStorage.getItem('aisubs.jobs.v1') ?? '[]') as { id: string; token: string }[])
  expect((await ask(page, `/api/jobs/${job?.id ?? ''}`, job?.token ?? '')).status).toBe(200)
  await page.getByRole('link', { name: 'Sign in' }).click()
  await logInAtIssuer(page, 'bela')
  const question = page.getByRole('dialog', { name: 'Are these recordings yours?' })
  await question.getByText('One recording was made in this browser before you signed in.', { exact: false }).waitFor()
  await expectAccessible(page, 'the question whose they are')
  expect((await ask(page, '/api/jobs', await sessionToken(page))).body).toMatchObject({ total: 0 }) // not without a yes
  await question.getByRole('button', { name: 'Yes, they are mine' }).click()
  await question.waitFor({ state: 'detached' })
  await page.goto(`${edition.url}/library`)
  await row(page, 'from-before.wav').waitFor()
  expect((await ask(page, `/api/jobs/${job?.id ?? ''}`, job?.token ?? '')).status).toBe(404)
  await page.getByRole('link', { name: 'from-before.wav', exact: true }).click()
  await page.waitForURL(`**/jobs/${job?.id ?? ''}`)
  await page.reload() // asked once
  await page.getByRole('button', { name: /^Account: / }).waitFor()
  expect(await question.count()).toBe(0)
  await context.close()
})

test('a key is made with the rights that are chosen, shown once, works, and no longer once it is revoked', async () => {
  const { page, context } = await account('anna', 'Anna Lindqvist')
  await openAccount(page, 'Anna Lindqvist')
  await page.getByLabel('What is it for?').fill('the archive')
  await page.getByRole('button', { name: 'Make a key' }).click()
  const key = await page.getByLabel('the archive', { exact: true }).inputValue()
  await expectAccessible(page, 'a new key')
  expect((await ask(page, '/api/jobs', key)).status).toBe(200)
  expect((await ask(page, '/api/keys', key)).status).toBe(403)
  await page.getByRole('button', { name: 'I have copied it' }).click()
  await page.reload()
  await page.getByText('the archive', { exact: true }).waitFor()
  expect((await page.content()).includes(key)).toBe(false)
  await page.getByRole('button', { name: 'Revoke the archive' }).click()
  await page.getByText('the archive', { exact: true }).waitFor({ state: 'detached' })
  expect((await ask(page, '/api/jobs', key)).status).toBe(401)
  await context.close()
})

test('signed out everywhere, another device is told, and finds back to where it was', async () => {
  const first = await account('anna', 'Anna Lindqvist')
  const second = await account('anna', 'Anna Lindqvist')
  await second.page.goto(`${edition.url}/library?only=kept`)
  await second.page.getByRole('heading', { name: 'Library' }).waitFor()
  await openAccount(first.page, 'Anna Lindqvist')
  await first.page.getByRole('button', { name: 'Sign out everywhere' }).click()
  await first.page.getByRole('button', { name: 'Log out' }).click() // the issuer asks, too
  await first.page.waitForURL(`${edition.url}/`)
  await second.page.evaluate(() => dispatchEvent(new Event('focus')))
  await second.page.getByText('Your session has ended.', { exact: false }).first().waitFor()
  await expectAccessible(second.page, 'a session that ended')
  await second.page.locator('p', { hasText: 'Your session has ended.' }).getByRole('link', { name: 'Sign in' }).click()
  await second.page.getByRole('button', { name: `Continue with ${ISSUER_NAME}` }).click() // the issuer still knows this one
  await second.page.getByRole('button', { name: 'Account: Anna Lindqvist' }).waitFor()
  expect(second.page.url()).toBe(`${edition.url}/library?only=kept`)
  await Promise.all([first, second].map(({ context }) => context.close()))
})
