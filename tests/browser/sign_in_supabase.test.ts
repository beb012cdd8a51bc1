/** Accounts by Supabase Auth, in Chromium with Supabase's own client against a double that keeps to its protocol; our server
 *  checks the tokens by the keys that the double publishes. */
import type { Page } from 'playwright-core'
import { afterAll, expect, test } from 'vitest'
import { expectAccessible, openPage, type Watched } from './browser.ts'
import { GoTrue } from './gotrue.ts'
import { opened } from './opened.ts'
import { everythingKept, openAccount, sessionToken } from './signing_in.ts'

const gotrue = await new GoTrue().start()
const { edition, browser } = await opened({
  SUPABASE_URL: gotrue.url,
  SUPABASE_PUBLISHABLE_KEY: gotrue.key,
  SUPABASE_SIGN_IN: 'password, magic_link, github',
})
afterAll(() => gotrue.stop())

const open = (path = '/sign-in?to=/library'): Promise<Watched> => openPage(browser, edition.url + path, {}, undefined, [gotrue.url])
const EMAIL = 'clara@harbour.example'

/** The link in the newest mail to somebody, once it is there. */
async function mailed(to: string, before: number): Promise<string> {
  await expect.poll(() => gotrue.mails.length).toBe(before + 1)
  expect(gotrue.mails.at(-1)?.to).toBe(to)
  return gotrue.mails.at(-1)?.link ?? ''
}

const signedIn = (page: Page, name: string): Promise<void> => page.getByRole('button', { name: `Account: ${name}` }).waitFor()

/** Of Supabase's session, and of what was kept for a link, nothing stays. */
async function expectForgotten(page: Page): Promise<void> {
  const { local, session } = await everythingKept(page)
  expect([...Object.keys(local), ...Object.keys(session)].filter((key) => key.includes('supabase') || key.includes('sign-in'))).toEqual([])
  expect(JSON.stringify(local).includes('eyJ')).toBe(false)
}

test('a new account by e-mail and password is confirmed by its link, and signs in', async () => {
  const { page, context } = await open()
  await page.getByRole('button', { name: 'Create an account' }).click()
  await page.getByLabel('E-mail').fill(EMAIL)
  await page.getByLabel('New password').fill('four horses in a boat')
  await expectAccessible(page, 'a new account')
  await page.getByRole('button', { name: 'Create an account' }).click()
  const link = await mailed(EMAIL, 0)
  await page.getByText(`A mail is on its way to ${EMAIL}.`, { exact: false }).first().waitFor()

  // Before the link was opened, the password alone does not sign in.
  await page.getByRole('button', { name: 'I have an account' }).click()
  await page.getByLabel('Password', { exact: true }).fill('four horses in a boat')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByText('This address is not confirmed yet.', { exact: false }).waitFor()

  const mail = await context.newPage() // as mail programs do
  await mail.goto(link)
  await signedIn(mail, EMAIL)
  expect(mail.url()).toBe(`${edition.url}/library`)
  await expectForgotten(mail)
  expect(gotrue.ended).toBe(1)
  expect((await sessionToken(mail))?.startsWith('own_')).toBe(true)
  await context.close()
})

test('a password signs in, a wrong one is said, and a forgotten one is replaced by a link', async () => {
  const { page, context } = await open()
  await page.getByLabel('E-mail').fill(EMAIL)
  await page.getByLabel('Password', { exact: true }).fill('wrong')
  await page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await page.getByText('E-mail or password is not right.').waitFor()
  await expectAccessible(page, 'a wrong password')
  await page.getByRole('button', { name: 'I forgot my password' }).click()
  const before = gotrue.mails.length
  await page.getByRole('button', { name: 'Send a link to choose a new one' }).click()
  await page.goto(await mailed(EMAIL, before))
  await page.getByRole('heading', { name: 'Choose a new password' }).waitFor()
  await expectAccessible(page, 'another password')
  await page.getByLabel('New password').fill('four horses in a boat')
  await page.getByRole('button', { name: 'Save and sign in' }).click()
  await page.getByText('This is your present password.', { exact: false }).waitFor()
  await page.getByLabel('New password').fill('five horses in a boat')
  await page.getByRole('button', { name: 'Save and sign in' }).click()
  await signedIn(page, EMAIL)
  await expectForgotten(page)
  await context.close()

  const other = await open()
  await other.page.getByLabel('E-mail').fill(EMAIL)
  await other.page.getByLabel('Password', { exact: true }).fill('five horses in a boat')
  await other.page.getByRole('button', { name: 'Sign in', exact: true }).click()
  await signedIn(other.page, EMAIL)
  await openAccount(other.page, EMAIL)
  await other.context.close()
})

/** The link of the mail that Dora has asked for. */
async function askForLink(page: Page): Promise<string> {
  await page.getByRole('button', { name: 'Send me a link instead of a password' }).click()
  await page.getByLabel('E-mail').fill('dora@harbour.example')
  const before = gotrue.mails.length
  await page.getByRole('button', { name: 'Send link' }).click()
  return mailed('dora@harbour.example', before)
}

test('a magic link signs in once, in the browser that asked for it', async () => {
  const { page, context } = await open()
  const link = await askForLink(page)
  await page.getByText('A mail is on its way to dora@harbour.example.', { exact: false }).first().waitFor()
  await page.goto(link)
  await signedIn(page, 'dora@harbour.example')
  await expectForgotten(page)
  await context.close()

  const other = await open('/')
  await other.page.goto(link)
  await other.page.getByText('This link has run out, or was used already.', { exact: false }).first().waitFor()
  await other.context.close()
})

test('a link that is opened in another browser signs nobody in there', async () => {
  const { page, context } = await open()
  const link = await askForLink(page)
  const other = await open('/')
  await other.page.goto(link)
  await other.page.getByText('Open the link in the browser in which you asked for it.').first().waitFor()
  expect(await sessionToken(other.page)).toBeNull()
  await Promise.all([context.close(), other.context.close()])
})

test('an account at GitHub signs in, by its name there', async () => {
  const { page, context } = await open()
  expect(await page.getByRole('button', { name: 'Continue with Google' }).count()).toBe(0) // not offered by this server
  await page.getByRole('button', { name: 'Continue with GitHub' }).click()
  await page.getByLabel('Name').fill('octavia')
  await page.getByRole('button', { name: 'Log in' }).click()
  await signedIn(page, 'octavia')
  expect(page.url()).toBe(`${edition.url}/library`)
  await expectForgotten(page)
  await context.close()
})
