/** The panel of downloads, as the tests use it. */
import type { Download, Locator, Page } from 'playwright-core'

export async function openPanel(page: Page, name: string): Promise<Locator> {
  await page.getByRole('button', { name: `Download: ${name}` }).first().click() // beside the text, or in the list
  await page.getByRole('button', { name: 'More formats and choices…' }).click()
  const panel = page.getByRole('dialog', { name: `Download ${name}` })
  await panel.getByText('More formats', { exact: true }).click()
  return panel
}

/** Chooses the format and saves the file, once that is made of all that is chosen. */
export async function saveAs(panel: Locator, format: string): Promise<Download> {
  await panel.getByRole('radio', { name: format, exact: true }).check()
  await panel.locator('figure[aria-busy="false"]').waitFor()
  const saving = panel.page().waitForEvent('download')
  await panel.getByRole('button', { name: 'Download', exact: true }).click()
  return saving
}
