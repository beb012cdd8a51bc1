/** A Chromium with a profile on the disk, as people have, that can be killed and started again. */
import { type ChildProcess, spawn } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { type Browser, chromium, type Page } from 'playwright-core'
import { chromiumPath } from './browser.ts'

const START_TIMEOUT_MS = 60_000
const WORDS = ['--headless=new', '--no-sandbox', '--disable-dev-shm-usage', '--no-first-run', '--remote-debugging-port=0', '--lang=en-US', '--window-size=1280,900']

export class MortalBrowser {
  private readonly profile = mkdtempSync(join(tmpdir(), 'aisubs-profile-'))
  private process: ChildProcess | null = null
  private browser: Browser | null = null

  constructor(private readonly words: readonly string[] = []) {}

  /** A page of a new life of the browser, with what its former lives left on the disk. */
  async open(url: string): Promise<Page> {
    const child = spawn(chromiumPath(), [...WORDS, ...this.words, `--user-data-dir=${this.profile}`, 'about:blank'], {
      stdio: ['ignore', 'ignore', 'pipe'],
    })
    this.process = child
    const address = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`Chromium did not start: ${said.slice(-2000)}`)), START_TIMEOUT_MS)
      let said = ''
      child.stderr.on('data', (part: Buffer) => {
        said += part.toString()
        const found = /DevTools listening on (ws:\S+)/.exec(said)?.[1]
        if (!found) return
        clearTimeout(late)
        resolve(found)
      })
    })
    this.browser = await chromium.connectOverCDP(address)
    const context = this.browser.contexts()[0]
    if (!context) throw new Error('Chromium has no context')
    await context.addInitScript(() => Reflect.deleteProperty(globalThis, 'showOpenFilePicker'))
    const page = context.pages()[0] ?? (await context.newPage())
    await page.goto(url)
    return page
  }

  /** Into the input by which people choose files. Playwright would send their bytes through a line that others share. */
  async choose(page: Page, label: string, ...files: string[]): Promise<void> {
    const session = await page.context().newCDPSession(page)
    const { root } = await session.send('DOM.getDocument', { depth: 0 })
    const { nodeId } = await session.send('DOM.querySelector', { nodeId: root.nodeId, selector: `input[aria-label="${label}"]` })
    await session.send('DOM.setFileInputFiles', { nodeId, files })
    await session.detach()
  }

  /** As a power cut for it: all its processes at once, and no word to any of them. */
  async kill(): Promise<void> {
    const child = this.process
    if (!child?.pid) return
    this.process = null
    const gone = new Promise((resolve) => child.once('exit', resolve))
    for (const pid of [child.pid, ...descendantsOf(child.pid)]) end(pid)
    await gone
    await this.browser?.close().catch(() => undefined)
    // What a killed browser leaves to say that it is running.
    for (const name of ['SingletonLock', 'SingletonCookie', 'SingletonSocket']) rmSync(join(this.profile, name), { force: true })
  }

  async stop(): Promise<void> {
    await this.kill()
    rmSync(this.profile, { recursive: true, force: true, maxRetries: 5 })
  }
}

function end(pid: number): void {
  try {
    process.kill(pid, 'SIGKILL')
  } catch {
    // it ended with its parent
  }
}

/** All that a process started, and what those started (Linux: proc_pid_stat(5)). */
function descendantsOf(root: number): number[] {
  const parents = new Map<number, number>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    try {
      const stat = readFileSync(`/proc/${name}/stat`, 'utf8')
      parents.set(Number(name), Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[1]))
    } catch {
      // it ended meanwhile
    }
  }
  const found: number[] = []
  const seek = (parent: number): void => {
    for (const [pid, of] of parents) {
      if (of !== parent) continue
      found.push(pid)
      seek(pid)
    }
  }
  seek(root)
  return found
}
