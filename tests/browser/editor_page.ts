/** What the tests of editing do on the page and ask of the server. */
import type { Locator, Page } from 'playwright-core'
import type { KeptJobs } from './kept_jobs.ts'

export interface Shown {
  revision: number
  speakers: Record<string, string>
  paragraphs: { id: string; text: string; speaker: string | null; starts: number[]; durations: number[] }[]
}

/** The job over the API, as its owner. */
export class JobApi {
  constructor(
    private readonly url: string,
    private readonly kept: KeptJobs,
  ) {}

  async transcript(revision?: number): Promise<Shown> {
    return (await this.ask(`transcript${revision === undefined ? '' : `?revision=${revision}`}`)).json() as Promise<Shown>
  }

  async srt(revision?: number): Promise<string> {
    return (await this.ask(`download/srt${revision === undefined ? '' : `?revision=${revision}`}`)).text()
  }

  /** As somebody does who writes programs. */
  async save(operations: readonly unknown[]): Promise<void> {
    const headers = { 'If-Match': `"${(await this.transcript()).revision}"` }
    await this.ask('revisions', { method: 'POST', body: JSON.stringify({ operations }), headers })
  }

  /** All texts that there ever were. */
  async allTexts(): Promise<string[]> {
    const { revision } = await this.transcript()
    const every = await Promise.all(Array.from({ length: revision + 1 }, (_, number) => this.transcript(number)))
    return every.map(textOf)
  }

  /** The machine's text is the newest again. A page that was just closed may still be saving. */
  async reset(): Promise<Shown> {
    for (const end = Date.now() + 10_000; ; ) {
      const { revision } = await this.transcript()
      if (revision === 0) break
      try {
        const headers = { 'If-Match': `"${revision}"` }
        await this.ask('revisions/restore', { method: 'POST', body: '{"revision":0}', headers })
        break
      } catch (fault) {
        if (!String(fault).includes('revision_conflict') || Date.now() > end) throw fault
      }
    }
    return this.transcript()
  }

  private async ask(path: string, init: RequestInit = {}): Promise<Response> {
    const { id, token } = this.kept.completed
    const headers = { Authorization: `Bearer ${token}`, 'Content-Type': 'application/json', ...init.headers }
    const reply = await fetch(`${this.url.replace(/\/$/, '')}/api/jobs/${id}/${path}`, { ...init, headers })
    if (!reply.ok) throw new Error(`${path}: ${reply.status} ${await reply.text()}`)
    return reply
  }
}

/** What of a transcript people see and hear. */
export const contentOf = ({ paragraphs, speakers }: Shown) => ({
  speakers,
  paragraphs: paragraphs.map(({ id, text, speaker, starts, durations }) => ({ id, text, speaker, starts, durations })),
})

export const textOf = ({ paragraphs }: Shown): string => paragraphs.map(({ text }) => text).join('\n')

export const texts = (page: Page): Locator => page.getByRole('article', { name: /^(Transcript|Text)$/ }).locator('[data-text]')
export const rows = (page: Page): Locator => page.getByRole('article', { name: /^(Transcript|Text)$/ }).locator('[data-row]')
export const field = (page: Page): Locator => page.locator('[data-writing]')

/** Edit mode, with the caret at a place of a paragraph's text. */
export async function writeAt(page: Page, row: number, caret: number): Promise<void> {
  const edit = page.getByRole('button', { name: 'Edit', exact: true })
  if ((await edit.getAttribute('aria-pressed')) !== 'true') await edit.click()
  await field(page).waitFor()
  const text = texts(page).nth(row)
  if ((await text.getAttribute('data-writing')) === null) await text.click({ position: { x: 5, y: 8 } })
  await page.locator(`[data-row] >> nth=${row}`).locator('[data-writing]').waitFor()
  await page.evaluate((at) => {
    const node = document.querySelector('[data-writing]')?.firstChild
    if (node) document.getSelection()?.collapse(node, at)
  }, caret)
}

export const saved = (page: Page): Promise<void> => page.locator('[data-saving="saved"]').waitFor({ timeout: 30_000 })

/** Presses a button until it has nothing left to do. */
export async function pressOut(page: Page, name: string): Promise<number> {
  const button = page.getByRole('button', { name, exact: true })
  let pressed = 0
  for (; await button.isEnabled(); pressed += 1) await button.click()
  return pressed
}
