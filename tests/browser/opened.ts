/** The browser and the edition that a test file works with: there before its first test, and gone after its last. */
import type { Browser } from 'playwright-core'
import { afterAll, beforeEach } from 'vitest'
import { startBrowser } from './browser.ts'
import { Edition } from './edition.ts'
import { JobApi, type Shown } from './editor_page.ts'
import { KeptJobs } from './kept_jobs.ts'
import { removeRecordings } from './recordings.ts'

/** `environment` of the edition, and further `words` of the browser's command line. */
export async function opened(
  environment: Record<string, string> = {},
  words: readonly string[] = [],
): Promise<{ edition: Edition; browser: Browser }> {
  const edition = new Edition(environment)
  const starting = Promise.all([startBrowser(words), edition.start()])
  afterAll(async () => {
    const [browser] = await Promise.allSettled([starting.then(([started]) => started.close()), edition.stop()])
    removeRecordings()
    if (browser.status === 'rejected') throw browser.reason
  })
  const [browser] = await starting
  return { edition, browser }
}

/** The same with a finished text, which each test finds as the machine wrote it: `machine()`. */
export async function openedText(): Promise<{ edition: Edition; browser: Browser; kept: KeptJobs; api: JobApi; machine: () => Shown }> {
  const { edition, browser } = await opened()
  const kept = await KeptJobs.make(browser, edition.url)
  const api = new JobApi(edition.url, kept)
  let machine: Shown | null = null
  beforeEach(async () => void (machine = await api.reset()))
  const found = (): Shown => {
    if (!machine) throw new Error('asked for before the first test')
    return machine
  }
  return { edition, browser, kept, api, machine: found }
}
