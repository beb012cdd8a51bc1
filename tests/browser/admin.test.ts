/** What whoever runs the server sees and does on the page: the line, a pause, a hand on each job, what was used. */
import { expect, test } from 'vitest'
import { expectAccessible, openPage } from './browser.ts'
import { opened } from './opened.ts'
import { quietRecording } from './recordings.ts'
import { choose, transcribe } from './upload_page.ts'

const { edition, browser } = await opened()

test('paused, a job waits and says why; it is ended, tried again, and goes on; nobody else sees the line', async () => {
  const { page, context } = await openPage(browser, edition.link())
  await page.getByText('Signed in. You see everything on this computer.').first().waitFor()
  await page.goto(`${edition.url}/admin`)
  await page.getByRole('button', { name: 'Pause the server' }).click()
  await page.getByText('The server is paused: nothing new is begun.').waitFor()
  await page.getByRole('link', { name: 'aisubs' }).click()
  await choose(page, quietRecording('of-the-owner.wav', 2, 31))
  await transcribe(page)
  await page.getByText('Waiting: whoever runs this ser', { exact: false }).first().waitFor()

  await page.goto(`${edition.url}/admin`)
  await page.getByRole('heading', { name: 'Waiting: 1' }).waitFor()
  expect((await page.getByRole('main').innerText()).includes('of-the-owner')).toBe(false)
  await expectAccessible(page, 'the line, with a job that waits')
  await page.getByRole('button', { name: /^End job / }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'End', exact: true }).click()
  await page.getByRole('heading', { name: 'Failed lately: 1' }).waitFor()
  await expectAccessible(page, 'the line, with a job that failed')
  await page.getByRole('button', { name: /^Try again: job / }).click()
  await page.getByRole('heading', { name: 'Waiting: 1' }).waitFor()
  await page.getByRole('button', { name: 'Limits of Owner of this computer' }).click()
  await page.getByLabel('Recordings in 24 hours').fill('7')
  await page.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('button', { name: 'Own limits of Owner of this computer' }).waitFor()
  await expectAccessible(page, 'limits of somebody’s own')
  await page.getByRole('button', { name: 'Go on' }).click()
  await page.getByRole('heading', { name: 'Nothing is waiting' }).waitFor()

  await page.goto(`${edition.url}/account`)
  await page.getByText(/^\d+ of 7/).waitFor()
  await expectAccessible(page, 'the account of the machine’s owner')

  const stranger = await openPage(browser, `${edition.url}/admin`)
  await stranger.page.getByRole('heading', { name: 'Only administrators of this server see this.' }).waitFor()
  await Promise.all([context.close(), stranger.context.close()])
})
