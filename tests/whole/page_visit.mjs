// One visit to the page of a running edition: load it, upload a file, open the transcript. Prints what was seen as JSON.
//   node page_visit.mjs URL FILE
import { existsSync } from 'node:fs'
import { createRequire } from 'node:module'
import { basename } from 'node:path'

const require = createRequire(new URL('../../web/package.json', import.meta.url))
const { chromium } = require('playwright-core')
const [url, file] = process.argv.slice(2)

const places = [process.env.CHROMIUM, '/usr/bin/chromium', '/usr/bin/chromium-browser', '/usr/bin/google-chrome']
const executablePath = places.find((path) => path && existsSync(path))
const browser = await chromium.launch({ executablePath, args: ['--no-sandbox', '--disable-dev-shm-usage'] })
try {
  const page = await (await browser.newContext({ locale: 'en-US' })).newPage()
  page.setDefaultTimeout(120_000)
  const faults = []
  page.on('pageerror', (fault) => faults.push(String(fault)))
  await page.goto(url)
  const title = await page.title()
  await page.getByLabel('Choose files', { exact: true }).setInputFiles(file)
  await page.getByRole('button', { name: /^Transcribe( \d+ files)?$/ }).click()
  await page.getByRole('link', { name: `Open: ${basename(file)}` }).first().click()
  const transcript = page.getByRole('article', { name: 'Transcript' })
  await transcript.locator('p').first().waitFor()
  process.stdout.write(JSON.stringify({ title, text: await transcript.innerText(), faults }))
} finally {
  await browser.close()
}
