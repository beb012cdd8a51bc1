/** A server for members only: whoever is none is told so before anything is chosen, and a session ends at its time. */
import { afterAll, expect, test } from 'vitest'
import { expectAccessible, openPage, type Watched } from './browser.ts'
import { CLIENT_ID, ISSUER_NAME, OidcIssuer } from './oidc_issuer.ts'
import { opened } from './opened.ts'
import { logInAtIssuer, openAccount, sessionToken } from './signing_in.ts'

const SESSION_S = 30
const issuer = await new OidcIssuer().start()
const { edition, browser } = await opened({
  OIDC_ISSUER: issuer.issuer,
  OIDC_CLIENT_ID: CLIENT_ID,
  OIDC_NAME: ISSUER_NAME,
  ANONYMOUS: 'no',
  ALLOWED_GROUPS: 'staff',
  SESSION_HOURS: String(SESSION_S / 3600),
})
issuer.serve([edition.url])
afterAll(() => issuer.stop())

const open = (path = '/'): Promise<Watched> => openPage(browser, edition.url + path, {}, undefined, [issuer.origin])

test('where only members may send, the page says so before a file is chosen', async () => {
  const { page, context } = await open()
  await page.getByText('To transcribe recordings here, sign in first.').waitFor()
  expect(await page.getByLabel('Choose files', { exact: true }).count()).toBe(0)
  await expectAccessible(page, 'the upload page for members')
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  await logInAtIssuer(page, 'guest')
  await page.getByText('You signed in, but this server is not open to you.', { exact: false }).first().waitFor()
  expect(await sessionToken(page)).toBeNull()
  // Somebody else on the same computer gets past the guest's session at the issuer.
  await page.getByRole('button', { name: 'Sign in as somebody else' }).click()
  await page.getByRole('button', { name: 'Log out' }).click()
  await page.waitForURL(`${edition.url}/`)
  await page.getByRole('main').getByRole('link', { name: 'Sign in' }).click()
  await logInAtIssuer(page, 'anna')
  await page.getByLabel('Choose files', { exact: true }).waitFor({ state: 'attached' })
  await context.close()
})

test('a session whose time is over is said, and signing in leads back to the same place', async () => {
  const { page, context } = await open('/library?sort=name')
  await page.getByRole('banner').getByRole('link', { name: 'Sign in' }).click()
  await logInAtIssuer(page, 'anna')
  const signedIn = Date.now()
  await page.getByRole('button', { name: 'Account: Anna Lindqvist' }).waitFor()
  await page.getByText('Your session has ended.', { exact: false }).first().waitFor({ timeout: 90_000 })
  console.info(`a session of ${SESSION_S} s was said to be over after ${Math.round((Date.now() - signedIn) / 1000)} s`)
  await page.locator('p', { hasText: 'Your session has ended.' }).getByRole('link', { name: 'Sign in' }).click()
  await page.getByRole('button', { name: `Continue with ${ISSUER_NAME}` }).click()
  await page.getByRole('button', { name: 'Account: Anna Lindqvist' }).waitFor()
  expect(page.url()).toBe(`${edition.url}/library?sort=name`)
  await openAccount(page, 'Anna Lindqvist')
  await context.close()
})
