/** What the tests of uploads do on the page, and what they watch. */
import type { Locator, Page } from 'playwright-core'

export const choose = (page: Page, ...files: string[]): Promise<void> =>
  page.getByLabel('Choose files', { exact: true }).setInputFiles(files)

export const transcribe = (page: Page): Promise<void> => page.getByRole('button', { name: /^Transcribe( \d+ files)?$/ }).click()

export const row = (page: Page, phase: string): Locator => page.locator(`[data-phase="${phase}"]`)
export const card = (page: Page, status: string): Locator => page.locator(`article[data-status="${status}"]`)
export const words = (text: string): string[] => text.toLowerCase().match(/[a-z]+/g) ?? []

/** Content-Range of every PUT from now on. */
export function watchPuts(page: Page): string[] {
  const ranges: string[] = []
  page.on('request', (request) => {
    if (request.method() === 'PUT') ranges.push(request.headers()['content-range'] ?? '')
  })
  return ranges
}

/** Method and path of every request from now on. */
export function watchRequests(page: Page): string[] {
  const lines: string[] = []
  page.on('request', (request) => lines.push(`${request.method()} ${new URL(request.url()).pathname}`))
  return lines
}

/** First and total byte of a Content-Range; null for a question. */
export function spanOf(range: string): { start: number; total: number } | null {
  const [, start, total] = /^bytes (\d+)-\d+\/(\d+)$/.exec(range) ?? []
  return start === undefined ? null : { start: Number(start), total: Number(total) }
}

/** Names in the origin's private files. */
export const extractsOf = (page: Page): Promise<string[]> =>
  page.evaluate(async () => {
    const root = await navigator.storage.getDirectory()
    const names: string[] = []
    const folder = await root.getDirectoryHandle('uploads', { create: true })
    for await (const name of (folder as unknown as { keys(): AsyncIterable<string> }).keys()) names.push(name)
    return names
  })
