/** Signing out: the session ends at the server, and the browser keeps nothing of whoever was signed in. */
import type { Owner } from '@/backend/owner.ts'
import type { Identity } from '@/library/identity.ts'
import { markLeaving } from './leaving.ts'

interface Leaver {
  identity: Pick<Identity, 'token' | 'signOut'>
  backend: Pick<Owner, 'signOutEverywhere'>
}

/** `next`: where to go then. Rejects, with nothing lost, where the server would not end every session (`everywhere`). */
export async function leave({ identity, backend }: Leaver, everywhere: boolean, next: string): Promise<void> {
  const { token } = identity
  if (everywhere && token !== null) await backend.signOutEverywhere(token)
  await identity.signOut()
  await clearAndGo(next)
}

export async function clearAndGo(next: string): Promise<void> {
  await forgetHere()
  location.assign(next)
}

/** What runs in this page may still write what it holds, so the page that comes next clears the browser once more, before it
 *  begins with anything. */
export async function forgetHere(): Promise<void> {
  await clearBrowser()
  markLeaving()
}

/** Nothing is left of this page in the browser: no list, no text that was not saved, no recording, no file of the page itself, no
 *  right to send notifications. What could not be removed is told in the console; the rest goes all the same. */
export async function clearBrowser(): Promise<void> {
  const steps = [clearDatabases, clearFiles, clearServiceWorker, clearCaches]
  for (const done of await Promise.allSettled(steps.map((step) => step()))) {
    if (done.status === 'rejected') console.error('aisubs: not all of it could be removed from this browser.', done.reason)
  }
  localStorage.clear()
  sessionStorage.clear()
}

/** Of all rows. The databases themselves stay: while another tab has one open, its deletion would wait for that tab's end, and
 *  everything that opens it again, in any tab, would wait for the deletion. */
async function clearDatabases(): Promise<void> {
  for (const { name } of await indexedDB.databases()) {
    if (name === undefined) continue
    const database = await settled(indexedDB.open(name))
    const stores = [...database.objectStoreNames]
    if (stores.length > 0) await emptied(database.transaction(stores, 'readwrite'))
    database.close()
  }
}

function emptied(all: IDBTransaction): Promise<void> {
  for (const store of all.objectStoreNames) all.objectStore(store).clear()
  return new Promise((resolve, reject) => {
    all.oncomplete = () => resolve()
    all.onabort = () => reject(all.error ?? new Error('IndexedDB'))
  })
}

function settled<T>(asked: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    asked.onsuccess = () => resolve(asked.result)
    asked.onerror = () => reject(asked.error ?? new Error('IndexedDB'))
  })
}

/** The sound of videos on its way. Pages over plain HTTP have no private files. */
async function clearFiles(): Promise<void> {
  const storage = (navigator as { storage?: StorageManager }).storage
  if (typeof storage?.getDirectory !== 'function') return
  const root = await storage.getDirectory()
  const names: string[] = []
  for await (const [name] of root) names.push(name)
  for (const name of names) await root.removeEntry(name, { recursive: true })
}

async function clearServiceWorker(): Promise<void> {
  const { serviceWorker } = navigator as { serviceWorker?: ServiceWorkerContainer }
  for (const registration of (await serviceWorker?.getRegistrations()) ?? []) {
    for (const notice of await registration.getNotifications()) notice.close()
    const { pushManager } = registration as { pushManager?: PushManager }
    await (await pushManager?.getSubscription())?.unsubscribe()
    await registration.unregister()
  }
}

/** Without a network the page itself would not come again: its files, which are nobody's, may stay then. */
async function clearCaches(): Promise<void> {
  const { caches } = globalThis as { caches?: CacheStorage }
  if (!caches || !navigator.onLine) return
  for (const name of await caches.keys()) await caches.delete(name)
}
