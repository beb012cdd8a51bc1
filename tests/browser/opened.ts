/** The browser and the edition that a test file works with: there before its first test, and gone after its last. */
import type { Browser } from 'playwright-core'
import { afterAll } from 'vitest'
import { startBrowser } from './browser.ts'
import { Edition } from './edition.ts'
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
