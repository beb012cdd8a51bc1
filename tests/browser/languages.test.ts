/** With real Whisper: what is said in another language than the rest is named as that. */
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { expect, test } from 'vitest'
import { openPage } from './browser.ts'
import { REPOSITORY } from './edition.ts'
import { opened } from './opened.ts'

const { edition, browser } = await opened({ MODEL: 'base', STALE_AFTER_S: '120' })

const SAMPLE = join(REPOSITORY, 'aisubs', 'demo', 'sample.mp4')

const card = (page: Page, name: string) => page.locator('article[data-job]', { hasText: name })

test('what is said in another language is marked as that, for those who listen to the page', async () => {
  const { page, context } = await openPage(browser, edition.url)
  await page.getByLabel('Choose files', { exact: true }).setInputFiles([SAMPLE])
  await page.getByRole('button', { name: /^Transcribe/ }).click()
  const done = card(page, 'sample').and(page.locator('[data-status=completed]'))
  await done.waitFor({ timeout: 150_000 })
  await done.getByRole('link', { name: 'sample.mp4', exact: true }).click()
  const article = page.getByRole('article', { name: 'Transcript' })
  await article.locator('p').first().waitFor()
  expect(await article.getAttribute('lang')).toBe('en')
  expect(await article.locator('p[lang]').evaluateAll((all) => all.map((one) => one.getAttribute('lang')))).toEqual(['es'])
  await context.close()
})
