import { mergeConfig } from 'vitest/config'
import browser from './vitest.browser.config.ts'

const config = mergeConfig(browser, { test: { include: ['tests/browser/screenshots.ts'] } })
config.test.include = ['tests/browser/screenshots.ts']
export default config
