/** A page from another machine of the network, over plain HTTP: a browser gives it no locks, no worker of its own, no clipboard
 *  and no random UUIDs. A finished transcript opens, plays, is corrected, shared, copied and downloaded all the same. */
import { readFileSync } from 'node:fs'
import type { Page } from 'playwright-core'
import { beforeAll, beforeEach, afterEach, expect, test } from 'vitest'
import { type Watched } from './browser.ts'
import { JobApi } from './editor_page.ts'
import { KeptJobs } from './kept_jobs.ts'
import { opened } from './opened.ts'

const HOST = 'aisubs.lan'

const { edition, browser } = await opened({}, [`--host-resolver-rules=MAP ${HOST} 127.0.0.1`])
let kept: KeptJobs
let address: string
let owner: Watched

beforeAll(async () => {
  address = `http://${HOST}:${new URL(edition.url).port}`
  kept = await KeptJobs.make(browser, address, { whole: true })
})
beforeEach(async () => {
  owner = await kept.open({ acceptDownloads: true }, `/jobs/${kept.completed.id}`)
  await text(owner.page).locator('p').first().waitFor()
})
afterEach(() => owner.context.close())

const text = (page: Page) => page.getByRole('article', { name: 'Transcript' })

test('the origin is one that a browser does not trust, and the page says nothing of it', async () => {
  const { page } = owner
  expect(await page.evaluate(() => [isSecureContext, 'randomUUID' in crypto, 'locks' in navigator, 'serviceWorker' in navigator])).toEqual([
    false, false, false, false,
  ])
  expect(await page.getByText('This part of the page stopped').count()).toBe(0)
  // What cannot work here is not offered.
  await page.getByRole('button', { name: 'Colours, Language' }).click()
  expect(await page.getByText('Tell me when a transcription is ready').count()).toBe(0)
})

test('the recording plays, from the address that was asked', async () => {
  const { page } = owner
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2)
  expect(await page.evaluate(() => new URL(document.querySelector('video')?.currentSrc ?? '').origin)).toBe(address)
  await page.getByRole('button', { name: 'Play', exact: true }).click()
  await page.waitForFunction(() => (document.querySelector('video')?.currentTime ?? 0) > 0.5)
})

test('a correction is saved by itself and is there after a reload', async () => {
  const { page } = owner
  await page.getByRole('button', { name: 'Edit', exact: true }).click()
  const field = page.locator('[contenteditable="plaintext-only"]')
  await field.waitFor()
  await page.keyboard.press('End')
  await page.keyboard.type(' Corrected')
  await page.getByText(/^Saved /).waitFor()
  await page.reload()
  await text(page).getByText('Corrected').first().waitFor()
  expect(await new JobApi(address.replace(HOST, '127.0.0.1'), kept).srt()).toContain('Corrected')
})

test('a link is made for the address that was asked, is copied, and opens elsewhere', async () => {
  const { page } = owner
  await page.getByRole('button', { name: 'Share: sample.mp4' }).click()
  const dialog = page.getByRole('dialog', { name: 'Share sample.mp4' })
  await dialog.getByRole('checkbox', { name: /Include the recording/ }).check()
  await dialog.getByRole('button', { name: 'Create link' }).click()
  const link = await dialog.getByLabel('Link', { exact: true }).inputValue()
  expect(new URL(link).origin).toBe(address)
  await dialog.getByRole('button', { name: 'Copy', exact: true }).click()
  await dialog.getByRole('button', { name: 'Copied' }).waitFor()

  const other = await kept.open({}, new URL(link).pathname + new URL(link).hash)
  await text(other.page).locator('p').first().waitFor()
  await other.page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2)
  await other.context.close()
})

test('the text is copied and every file is handed over', async () => {
  const { page } = owner
  await page.getByRole('button', { name: 'Copy text' }).click()
  await page.getByText('Copied', { exact: false }).first().waitFor()
  await page.getByRole('button', { name: 'Download: sample.mp4' }).click()
  const [download] = await Promise.all([page.waitForEvent('download'), page.getByRole('button', { name: /^Subtitles, SRT/ }).click()])
  expect(readFileSync(await download.path(), 'utf8')).toMatch(/^1\n00:00:0/)
})
