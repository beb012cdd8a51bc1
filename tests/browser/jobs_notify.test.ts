/** The service worker: the page without a server, and notifications that promise what they can keep. */
import { randomBytes } from 'node:crypto'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { expectAccessible, openPage, startBrowser } from './browser.ts'
import { Edition } from './edition.ts'
import { quietRecording, removeRecordings } from './recordings.ts'

const vapid = { VAPID_PRIVATE_KEY: randomBytes(32).toString('base64url'), VAPID_SUBJECT: 'mailto:somebody@example.org' }
const plain = new Edition({ QUEUE_CAPACITY: '50' })
const pushing = new Edition({ QUEUE_CAPACITY: '50', PUSH_HOSTS: '127.0.0.1', ...vapid })
let browser: Browser
let seed = 100

beforeAll(async () => {
  ;[browser] = await Promise.all([startBrowser(), plain.start()])
  await pushing.start()
})
afterAll(async () => {
  await browser.close()
  await Promise.all([plain.stop(), pushing.stop()])
  removeRecordings()
})

const card = (page: Page, status: string) => page.locator(`article[data-status="${status}"]`)
const question = (page: Page) => page.getByRole('heading', { name: 'Tell you when a transcription is ready?' })
const workerIsActive = (page: Page): Promise<unknown> => page.evaluate(async () => (await navigator.serviceWorker.ready).active?.state)

async function transcribe(page: Page, name: string): Promise<void> {
  await page.getByLabel('Choose files', { exact: true }).setInputFiles(quietRecording(name, 2, (seed += 1)))
  await page.getByRole('button', { name: /^Transcribe/ }).click()
  await card(page, 'completed').filter({ hasText: name }).waitFor({ timeout: 60_000 })
}

const shown = (page: Page): Promise<{ title: string; tag: string }[]> =>
  page.evaluate(async () => {
    const all = await (await navigator.serviceWorker.ready).getNotifications()
    return all.map(({ title, tag }) => ({ title, tag }))
  })

const storedIds = (page: Page): Promise<string[]> =>
  page.evaluate(() => (JSON.parse(localStorage.getItem('aisubs.jobs.v1') ?? '[]') as { id: string }[]).map(({ id }) => id))

/** A browser that has decided, as far as the page can see. */
async function decided(context: BrowserContext, permission: 'default' | 'denied', answer: 'granted' | 'denied'): Promise<void> {
  await context.addInitScript(
    ([before, after]) => {
      let now = before
      Object.defineProperty(Notification, 'permission', { get: () => now })
      Notification.requestPermission = () => Promise.resolve((now = after))
    },
    [permission, answer] as [NotificationPermission, NotificationPermission],
  )
}

test('the list opens without the server, says that it may be stale, loses nothing, and heals', async () => {
  const { page, context } = await openPage(browser, plain.url)
  await transcribe(page, 'kept.wav')
  await workerIsActive(page)
  const before = await storedIds(page)
  await plain.kill()
  await page.goto(new URL('/jobs', plain.url).href)
  await page.getByText(/ - data may be stale/).first().waitFor()
  await card(page, 'completed').filter({ hasText: 'kept.wav' }).waitFor()
  await page.reload()
  await card(page, 'completed').filter({ hasText: 'kept.wav' }).waitFor()
  expect(await storedIds(page)).toEqual(before)
  await plain.start()
  await page.evaluate(() => dispatchEvent(new Event('online')))
  await page.locator('p', { hasText: ' - data may be stale' }).waitFor({ state: 'detached' })
  expect(await storedIds(page)).toEqual(before)
  await context.close()
})

test('nothing but the page itself is kept: no answer of the API, no recording, no token', async () => {
  const { page, context } = await openPage(browser, plain.url)
  await transcribe(page, 'private.wav')
  await workerIsActive(page)
  await page.reload()
  await card(page, 'completed').or(page.getByRole('button', { name: 'Jobs', exact: true })).first().waitFor()
  const kept = await page.evaluate(async () => {
    const paths: string[] = []
    for (const name of await caches.keys()) {
      for (const request of await (await caches.open(name)).keys()) paths.push(new URL(request.url).pathname)
    }
    return paths
  })
  expect(kept).toContain('/')
  expect(kept.filter((path) => path !== '/' && !/^\/(assets\/[\w.-]+|first-paint\.js|icon\.svg)$/.test(path))).toEqual([])
  await context.close()
})

test('people are asked after their first job and told once of each, however many tabs are open', async () => {
  const { page, context } = await openPage(browser, plain.url)
  await context.grantPermissions(['notifications'])
  expect(await question(page).count()).toBe(0)
  await transcribe(page, 'first.wav')
  await question(page).waitFor()
  await page.getByText('As long as this page is open in any tab.').waitFor()
  await expectAccessible(page, 'the question')
  await page.getByRole('button', { name: 'Turn on' }).click()
  await page.getByText('You will be told when a transcription is ready, as long as').first().waitFor()
  const other = await context.newPage()
  await other.goto(plain.url)
  await other.locator('header[data-live="live"]').waitFor()
  await transcribe(page, 'second.wav')
  await expect.poll(() => shown(page), { timeout: 30_000 }).toMatchObject([{ title: 'second.wav is ready' }])
  await transcribe(other, 'third.wav')
  await expect.poll(async () => (await shown(other)).map(({ title }) => title).sort(), { timeout: 30_000 }).toEqual([
    'second.wav is ready',
    'third.wav is ready',
  ])
  expect(await question(other).count()).toBe(0)

  const [told = { title: '', tag: '' }] = await shown(page)
  const [worker] = context.serviceWorkers()
  await worker?.evaluate(async () => {
    const scope = globalThis as unknown as { registration: ServiceWorkerRegistration }
    const [notification] = await scope.registration.getNotifications()
    const Click = (globalThis as unknown as { NotificationEvent: new (type: string, init: object) => Event }).NotificationEvent
    dispatchEvent(new Click('notificationclick', { notification }))
  })
  await expect.poll(() => context.pages().some((one) => one.url().endsWith(`/jobs/${told.tag}`))).toBe(true)
  expect(context.pages()).toHaveLength(2)
  await context.close()
})

test('who says no is told once how to undo it, and not asked again', async () => {
  const { page, context } = await openPage(browser, plain.url)
  await decided(context, 'default', 'denied')
  await page.reload()
  await transcribe(page, 'no.wav')
  await page.getByRole('button', { name: 'Turn on' }).click()
  await page.getByText('The browser blocks notifications of this page.').first().waitFor()
  await page.reload()
  await page.getByRole('button', { name: 'Jobs', exact: true }).click()
  await card(page, 'completed').waitFor()
  expect(await question(page).count()).toBe(0)
  await context.close()
})

test.each([
  ['that has none', () => Reflect.deleteProperty(globalThis, 'Notification')],
  ['that blocks them', () => Object.defineProperty(Notification, 'permission', { get: () => 'denied' })],
])('nobody is asked in a browser %s', async (_, change) => {
  const { page, context } = await openPage(browser, plain.url)
  await context.addInitScript(change)
  await page.reload()
  await transcribe(page, 'never.wav')
  expect(await question(page).count()).toBe(0)
  await context.close()
})

test('with push the promise is larger, each running job is told of, and a push is shown in its language', async () => {
  const { page, context } = await openPage(browser, pushing.url)
  await context.grantPermissions(['notifications'])
  // A push service is the one thing that no loopback has: a subscription as it would give, at an address of ours.
  await context.addInitScript(() => {
    const json = async (key: BufferSource): Promise<PushSubscriptionJSON> => {
      if (typeof key !== 'string') throw new TypeError('the key as text')
      const pair = await crypto.subtle.generateKey({ name: 'ECDH', namedCurve: 'P-256' }, true, ['deriveBits'])
      const text = (bytes: ArrayBuffer): string =>
        btoa(String.fromCharCode(...new Uint8Array(bytes))).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '')
      const p256dh = text(await crypto.subtle.exportKey('raw', pair.publicKey))
      return { endpoint: 'http://127.0.0.1:9/push', keys: { p256dh, auth: text(new Uint8Array(16).buffer) } }
    }
    PushManager.prototype.subscribe = async (options) => {
      const made = await json(options?.applicationServerKey as BufferSource)
      return { toJSON: () => made, unsubscribe: () => Promise.resolve(true) } as unknown as PushSubscription
    }
  })
  await page.reload()
  await transcribe(page, 'one.wav')
  await page.getByText('Even when this page is closed.').waitFor()
  await page.getByRole('button', { name: 'Turn on' }).click()
  await page.getByText('even when this page is closed').first().waitFor()
  const subscribed = page.waitForResponse((reply) => reply.url().endsWith('/push'))
  await transcribe(page, 'two.wav')
  expect((await subscribed).status()).toBe(204)

  // What comes before the service worker is active goes to nobody.
  await page.waitForFunction(async () => (await navigator.serviceWorker.ready).active?.state === 'activated')
  const devtools = await context.newCDPSession(page)
  const registration = new Promise<string>((resolve) => {
    devtools.on('ServiceWorker.workerRegistrationUpdated', ({ registrations }) => {
      const ours = registrations.find(({ scopeURL }) => scopeURL.startsWith(pushing.url))
      if (ours) resolve(ours.registrationId)
    })
  })
  await devtools.send('ServiceWorker.enable')
  const told = { job_id: 'f00', status: 'failed', filename: 'Gespräch.mp3', language: 'de' }
  await devtools.send('ServiceWorker.deliverPushMessage', {
    origin: new URL(pushing.url).origin,
    registrationId: await registration,
    data: JSON.stringify(told),
  })
  await expect
    .poll(async () => (await shown(page)).find(({ tag }) => tag === 'f00')?.title)
    .toBe('Gespräch.mp3 konnte nicht transkribiert werden')
  await context.close()
})
