/** Links to a transcript: made and revoked by its owner, opened by somebody who has nothing else. */
import type { Page, Request } from 'playwright-core'
import { beforeAll, expect, test } from 'vitest'
import { expectAccessible, openPage, type Watched } from './browser.ts'
import { KeptJobs } from './kept_jobs.ts'
import { opened } from './opened.ts'

const { edition, browser } = await opened()
let kept: KeptJobs

beforeAll(async () => {
  kept = await KeptJobs.make(browser, edition.url)
})

/** The owner's page with the dialog open. */
async function openDialog(options: Parameters<typeof openPage>[2] = {}): Promise<Watched> {
  const owner = await kept.open(options, `/jobs/${kept.completed.id}`)
  await owner.page.getByRole('button', { name: /^(Share|Teilen): sample\.mp4$/ }).click()
  await owner.page.getByRole('dialog', { name: /sample\.mp4/ }).waitFor()
  return owner
}

async function makeLink(page: Page, { recording = false } = {}): Promise<string> {
  const dialog = page.getByRole('dialog', { name: 'Share sample.mp4' })
  if (recording) await dialog.getByRole('checkbox', { name: /Include the recording/ }).check()
  await dialog.getByRole('button', { name: 'Create link' }).click()
  return dialog.getByLabel('Link', { exact: true }).inputValue()
}

/** Opens a link as a stranger, who notes where the address stood at each request. */
async function openLink(link: string): Promise<Watched & { requests: Request[]; addresses: () => Promise<string[]> }> {
  const stranger = await openPage(browser, new URL('/nothing', link).href)
  const { context, page } = stranger
  const requests: Request[] = []
  context.on('request', (request) => requests.push(request))
  await context.addInitScript(() => {
    const seen: string[] = []
    Object.assign(globalThis, { seen })
    const ask = globalThis.fetch.bind(globalThis)
    globalThis.fetch = (...given) => {
      seen.push(location.href)
      return ask(...given)
    }
  })
  await page.goto(link)
  const addresses = (): Promise<string[]> => page.evaluate(() => (globalThis as unknown as { seen: string[] }).seen)
  return { ...stranger, requests, addresses }
}

const text = (page: Page) => page.getByRole('article', { name: 'Transcript' })

test('a link shows the transcript to somebody else, read-only, until it is revoked', async () => {
  const owner = await openDialog()
  const link = await makeLink(owner.page)
  const token = new URL(link).hash.slice(1)
  expect(token.length).toBeGreaterThan(30)
  // This `up` listens on this machine alone, and the link is of no use to anybody else.
  await owner.page.getByText('Only this computer can open this link.', { exact: false }).waitFor()

  const other = await openLink(link)
  await text(other.page).locator('p').first().waitFor()
  await other.page.getByText(/^Shared by link, until /).waitFor()
  expect(new URL(other.page.url()).href).toBe(new URL('/s', link).href)

  // The fragment was gone before anything was asked, and the token is in no address and no referrer.
  const addresses = await other.addresses()
  expect(addresses.length).toBeGreaterThan(0)
  expect(addresses.filter((address) => address.includes(token))).toEqual([])
  for (const request of other.requests) {
    // Of a navigation the browser itself knows the fragment; it sends none.
    const { referer = '' } = await request.allHeaders()
    const sent = request.isNavigationRequest() ? request.url().replace(/#.*/, '') : request.url()
    expect(`${sent} ${referer}`.includes(token), sent).toBe(false)
  }

  for (const name of [/^Edit/, /^Share/, /^Try again/, /^Delete/, /^Revoke/]) {
    expect(await other.page.getByRole('main').getByRole('button', { name }).count(), String(name)).toBe(0)
  }

  await other.page.reload()
  await text(other.page).locator('p').first().waitFor()

  await owner.page.evaluate(() => dispatchEvent(new Event('focus')))
  const dialog = owner.page.getByRole('dialog', { name: 'Share sample.mp4' })
  await dialog.getByText(/opened 2 times/).waitFor()
  await dialog.getByRole('button', { name: /^Revoke/ }).click()
  await other.page.getByRole('heading', { name: 'This link no longer works.' }).waitFor()
  expect(await text(other.page).count()).toBe(0)
  await dialog.getByText('1 link is over').waitFor()
  expect(await dialog.getByRole('button', { name: /^Revoke/ }).count()).toBe(0)

  expect([...owner.complaints, ...other.complaints]).toEqual([])
  await Promise.all([owner.context.close(), other.context.close()])
})

test('the recording is heard by a link that includes it, and by no other', async () => {
  const owner = await openDialog()
  const withIt = await makeLink(owner.page, { recording: true })
  await owner.page.getByRole('button', { name: 'Make another link' }).click()
  const without = await makeLink(owner.page)
  await owner.context.close()
  const listener = await openLink(withIt)
  await listener.page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2)
  const reader = await openLink(without)
  await reader.page.getByText('This link does not include the recording.', { exact: false }).waitFor()
  await text(reader.page).locator('p').first().waitFor()
  expect(reader.requests.filter((request) => request.url().endsWith('/media'))).toEqual([])
  await Promise.all([listener.context.close(), reader.context.close()])
})

test('whoever has a link may read and nothing else', async () => {
  const owner = await openDialog()
  const token = new URL(await makeLink(owner.page)).hash.slice(1)
  await owner.context.close()
  const job = `${edition.url}/api/jobs/${kept.completed.id}`
  const ask = async (method: string, path: string, body?: object, headers: Record<string, string> = {}): Promise<string> => {
    const all = { Authorization: `Bearer ${token}`, ...(body ? { 'Content-Type': 'application/json' } : {}), ...headers }
    const reply = await fetch(job + path, { method, headers: all, ...(body ? { body: JSON.stringify(body) } : {}) })
    const said = reply.headers.get('content-type')?.includes('json') ? ((await reply.json()) as { error?: { code: string } }) : {}
    return `${reply.status} ${said.error?.code ?? ''}`.trim()
  }
  for (const path of ['', '/transcript', '/cues?profile=netflix', '/download/srt', '/windows']) {
    expect(await ask('GET', path), path).toBe('200')
  }
  const writes: [string, string, object?, Record<string, string>?][] = [
    ['DELETE', ''],
    ['DELETE', '?only=cancel'],
    ['POST', '/retry', {}],
    ['POST', '/upload', {}],
    ['POST', '/share', { expires_in_s: null, include_media: true }],
    ['GET', '/share'],
    ['POST', '/revisions', { operations: [{ op: 'relabel', ids: ['0'], speaker: 'S1' }] }, { 'If-Match': '"0"' }],
    ['POST', '/revisions/restore', { revision: 0 }, { 'If-Match': '"0"' }],
  ]
  for (const [method, path, body, headers] of writes) {
    expect(await ask(method, path, body, headers), `${method} ${path}`).toBe('403 read_only')
  }
  expect(await ask('POST', '/media', {})).toBe('403 recording_not_shared')
})

test('a link copies itself, by key and mouse, and its dialog gives the focus back', async () => {
  const { page, context, complaints } = await openDialog({ permissions: ['clipboard-read', 'clipboard-write'] })
  const link = await makeLink(page)
  const copy = page.getByRole('button', { name: 'Copy', exact: true })
  await page.waitForFunction(() => document.activeElement?.textContent === 'Copy')
  await copy.press('Enter')
  await page.getByRole('button', { name: 'Copied' }).waitFor()
  expect(await page.evaluate(() => navigator.clipboard.readText())).toBe(link)
  await page.keyboard.press('Escape')
  await page.getByRole('dialog', { name: 'Share sample.mp4' }).waitFor({ state: 'detached' })
  const share = page.getByRole('button', { name: 'Share: sample.mp4' })
  await expect.poll(() => share.evaluate((button) => button === document.activeElement)).toBe(true)
  await share.press('Enter')
  await page.getByRole('button', { name: 'Close' }).click()
  await expect.poll(() => share.evaluate((button) => button === document.activeElement)).toBe(true)
  expect(complaints).toEqual([])
  await context.close()
})

test('over plain HTTP a link is copied the old way, and where no page may copy it is marked for the keyboard', async () => {
  const { page, context } = await openDialog({ permissions: ['clipboard-read', 'clipboard-write'] })
  await page.evaluate(() => {
    Object.assign(globalThis, { clipboard: navigator.clipboard })
    Object.defineProperty(navigator, 'clipboard', { value: undefined })
  })
  const link = await makeLink(page)
  const copy = page.getByRole('button', { name: 'Copy', exact: true })
  await copy.click()
  const copied = (): Promise<string> =>
    page.evaluate(() => (globalThis as unknown as { clipboard: Clipboard }).clipboard.readText())
  await expect.poll(copied).toBe(link)
  await page.evaluate(() => Object.assign(document, { execCommand: () => false }))
  await copy.click()
  await page.getByText('press Ctrl+C').first().waitFor()
  expect(await page.evaluate(() => getSelection()?.toString())).toBe(link)
  await context.close()
})

test.each(['light', 'dark'] as const)('axe finds nothing, %s', async (colorScheme) => {
  const owner = await openDialog({ colorScheme })
  await expectAccessible(owner.page, 'a new link')
  const link = await makeLink(owner.page)
  await owner.page.getByRole('button', { name: 'Copy', exact: true }).waitFor()
  await expectAccessible(owner.page, 'links')
  const other = await openPage(browser, link, { colorScheme })
  await text(other.page).locator('p').first().waitFor()
  await expectAccessible(other.page, 'shared')
  const nothing = await openPage(browser, `${edition.url}/s#${'x'.repeat(43)}`, { colorScheme })
  await nothing.page.getByRole('heading', { name: 'This link no longer works.' }).waitFor()
  await expectAccessible(nothing.page, 'over')
  for (const { complaints, context } of [owner, other, nothing]) {
    expect(complaints).toEqual([])
    await context.close()
  }
})

test('an address without a link says so, and a link pasted into the same tab opens', async () => {
  const owner = await openDialog()
  const link = await makeLink(owner.page)
  await owner.context.close()
  const { page, context, complaints } = await openPage(browser, `${edition.url}/s`)
  await page.getByRole('heading', { name: /not complete/ }).waitFor()
  await page.evaluate((hash) => (location.hash = hash), new URL(link).hash)
  await text(page).locator('p').first().waitFor()
  expect(page.url()).toBe(`${edition.url}/s`)
  expect(complaints).toEqual([])
  await context.close()
})
