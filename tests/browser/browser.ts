/** Chromium with an eye on what no page of ours may do: break its own policy, throw, or talk to strangers. */
import { existsSync } from 'node:fs'
import { axeViolations } from './axe.ts'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { afterEach, expect } from 'vitest'

const PLACES = [process.env['CHROMIUM'], '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']

/** Of a machine that does ten things at once; what never comes is told by the test's own limit. */
const PATIENCE_MS = 90_000

// Whatever a test is about: no page of ours breaks its policy, throws, or talks to strangers. Not even one test may forget to ask.
const open: Watched[] = []
afterEach(() => {
  const all = open.flatMap(({ complaints }) => complaints.splice(0))
  expect(all, 'complaints of the pages').toEqual([])
})

export function chromiumPath(): string {
  const found = PLACES.find((path) => path !== undefined && existsSync(path))
  if (!found) throw new Error('Chromium is not installed. On Debian: apt install chromium. Or set CHROMIUM.')
  return found
}

/** `more`: further words of its command line. */
export async function startBrowser(more: readonly string[] = []): Promise<Browser> {
  return chromium.launch({ executablePath: chromiumPath(), args: ['--no-sandbox', '--disable-dev-shm-usage', ...more] })
}

export interface Watched {
  context: BrowserContext
  page: Page
  /** Violations of the policy and uncaught faults so far. */
  complaints: string[]
}

/** `known`: origins beside the page's own that it may talk to, or send people to. */
export async function openPage(
  browser: Browser,
  url: string,
  options: Parameters<Browser['newContext']>[0] = {},
  prepare: (context: BrowserContext) => Promise<void> = () => Promise.resolve(),
  known: readonly string[] = [],
): Promise<Watched> {
  const context = await browser.newContext({ locale: 'en-US', viewport: { width: 1280, height: 900 }, ...options })
  context.setDefaultTimeout(PATIENCE_MS)
  const complaints: string[] = []
  await context.exposeFunction('reportViolation', (text: string) => complaints.push(text))
  await context.addInitScript(() => {
    // Nobody can answer this dialog from here; without it the page asks by its input.
    Reflect.deleteProperty(globalThis, 'showOpenFilePicker')
    addEventListener('securitypolicyviolation', (event) => {
      const report = (globalThis as unknown as { reportViolation: (text: string) => void }).reportViolation
      report(`${event.violatedDirective} ${event.blockedURI}`)
    })
  })
  // Workers have no window to tell their violations; the console has.
  context.on('console', (message) => {
    if (/Content Security Policy|TrustedScript|TrustedHTML/.test(message.text())) complaints.push(message.text())
  })
  context.on('weberror', (fault) => complaints.push(String(fault.error())))
  context.on('request', (request) => {
    const { protocol, origin } = new URL(request.url())
    if (protocol.startsWith('http') && ![new URL(url).origin, ...known].includes(origin)) complaints.push(`a stranger: ${request.url()}`)
  })
  await prepare(context)
  const page = await context.newPage()
  const watched = { context, page, complaints }
  open.push(watched)
  await page.goto(url)
  return watched
}

export async function expectAccessible(page: Page, what: string): Promise<void> {
  const violations = await axeViolations(page)
  expect(violations, what).toEqual([])
}
