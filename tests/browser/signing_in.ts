/** What the tests of accounts do on the pages, and what they look at in the browser. */
import type { Page } from 'playwright-core'
import { expect } from 'vitest'
import { ISSUER_NAME } from './oidc_issuer.ts'

/** From the page to the issuer's log-in; `name` is there whoever says so. */
export async function logInAtIssuer(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Continue with ${ISSUER_NAME}` }).click()
  await page.getByLabel('Name', { exact: true }).fill(name)
  await page.getByRole('button', { name: 'Log in' }).click()
}

/** By the account's menu, which is there on every screen. */
export async function openAccount(page: Page, name: string): Promise<void> {
  await page.getByRole('button', { name: `Account: ${name}` }).click()
  await page.getByRole('link', { name: 'Account', exact: true }).click()
  await page.getByRole('heading', { level: 1, name }).waitFor()
}

/** The token of the session that this browser has, or null. */
export const sessionToken = (page: Page): Promise<string | null> =>
  page.evaluate(() => (JSON.parse(localStorage.getItem('aisubs.identity.v1') ?? 'null') as { session?: { token: string } | null } | null)?.session?.token ?? null)

/** Status and body of a request of the page's origin with a token. */
export async function ask(page: Page, path: string, token: string | null, method = 'GET'): Promise<{ status: number; body: unknown }> {
  return page.evaluate(
    async ([url, shown, how]) => {
      const reply = await fetch(url, { method: how, cache: 'no-store', headers: shown === null ? {} : { Authorization: `Bearer ${shown}` } })
      const text = await reply.text()
      return { status: reply.status, body: text === '' ? null : (JSON.parse(text) as unknown) }
    },
    [path, token, method] as const,
  )
}

export interface Kept {
  local: Record<string, string>
  session: Record<string, string>
  /** Rows by database and store, of those that have any. */
  databases: Record<string, unknown[]>
  files: string[]
  caches: string[]
  cookies: string
  subscribed: boolean
  notices: number
}

/** Everything that a browser keeps for an origin, by the places in which a page can keep anything. */
export async function everythingKept(page: Page): Promise<Kept> {
  return page.evaluate(async () => {
    const settled = <T>(asked: IDBRequest<T>): Promise<T> =>
      new Promise((resolve, reject) => {
        asked.onsuccess = () => resolve(asked.result)
        asked.onerror = () => reject(asked.error ?? new Error('IndexedDB'))
      })
    const databases: Record<string, unknown[]> = {}
    for (const { name = '' } of await indexedDB.databases()) {
      const database = await settled(indexedDB.open(name))
      for (const store of database.objectStoreNames) {
        const rows = await settled(database.transaction(store).objectStore(store).getAll())
        if (rows.length > 0) databases[`${name}/${store}`] = rows
      }
      database.close()
    }
    const files: string[] = []
    const walk = async (folder: FileSystemDirectoryHandle, path: string): Promise<void> => {
      for await (const [name, handle] of folder as unknown as AsyncIterable<[string, FileSystemHandle]>) {
        if (handle instanceof FileSystemDirectoryHandle) await walk(handle, `${path}${name}/`)
        else files.push(path + name)
      }
    }
    await walk(await navigator.storage.getDirectory(), '')
    const registration = await navigator.serviceWorker.getRegistration()
    return {
      local: { ...localStorage },
      session: { ...sessionStorage },
      databases,
      files,
      caches: await caches.keys(),
      cookies: document.cookie,
      subscribed: (await registration?.pushManager.getSubscription()) != null,
      notices: (await registration?.getNotifications())?.length ?? 0,
    }
  })
}

/** Waits until a page has nothing left to do that would write: its service worker is there, and the server was asked. */
export async function settle(page: Page): Promise<void> {
  await page.evaluate(() => navigator.serviceWorker.ready.then(() => undefined))
  await expect.poll(async () => (await everythingKept(page)).caches.length).toBe(1)
}
