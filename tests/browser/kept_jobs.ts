/** What a browser keeps after its jobs: made once per test file by real uploads, then put into as many contexts as wanted. */
import type { Browser } from 'playwright-core'
import { openPage, type Watched } from './browser.ts'
import { SAMPLE } from './edition.ts'
import { write } from './recordings.ts'

const KEY = 'aisubs.jobs.v1'

interface Kept {
  id: string
  token: string
  last: { status: string; filename: string } | null
}

export class KeptJobs {
  private constructor(
    private readonly browser: Browser,
    private readonly url: string,
    readonly list: string,
  ) {}

  /** One that completed (the sample, or another recording) and, if `broken`, one that failed. `whole`: with its picture, not
   *  the sound alone. */
  static async make(browser: Browser, url: string, { sample = SAMPLE, broken = false, whole = false } = {}): Promise<KeptJobs> {
    const { page, context } = await openPage(browser, url)
    if (whole) {
      await page.getByText('Change', { exact: true }).click()
      await page.getByLabel('Of videos, upload').selectOption('whole')
    }
    await page.getByLabel('Choose files', { exact: true }).setInputFiles(broken ? [sample, brokenRecording()] : [sample])
    await page.getByRole('button', { name: broken ? 'Transcribe 2 files' : 'Transcribe', exact: true }).click()
    await page.locator('article[data-status="completed"]').waitFor({ timeout: 120_000 })
    if (broken) await page.locator('article[data-status="failed"]').waitFor({ timeout: 120_000 })
    const list = await page.evaluate((key) => localStorage.getItem(key) ?? '', KEY)
    await context.close()
    return new KeptJobs(browser, url, list)
  }

  /** A context of its own whose browser has these jobs. */
  async open(options: Parameters<typeof openPage>[2] = {}, path = '/'): Promise<Watched> {
    const watched = await openPage(this.browser, this.url, options)
    await watched.page.evaluate(([key, list]) => localStorage.setItem(key, list), [KEY, this.list] as const)
    await watched.page.goto(new URL(path, this.url).href)
    return watched
  }

  get completed(): Kept {
    const all = JSON.parse(this.list) as Kept[]
    const found = all.find((job) => job.last?.status === 'completed')
    if (!found) throw new Error('no completed job was kept')
    return found
  }
}

/** Named as a video, and none. */
export const brokenRecording = (): string =>
  write('broken.mp4', Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 37) & 255)))
