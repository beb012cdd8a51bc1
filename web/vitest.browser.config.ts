/** End-to-end tests: a real Chromium against a real `aisubs up`. Their files lie with the other tests of the house. */
import { fileURLToPath } from 'node:url'
import { defineConfig } from 'vitest/config'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

export default defineConfig({
  root: here('..'),
  resolve: {
    alias: {
      '@': here('./src'),
      'playwright-core': here('./node_modules/playwright-core/index.mjs'),
      'oidc-provider': here('./node_modules/oidc-provider/lib/index.js'),
      'axe-core': here('./node_modules/axe-core/axe.js'),
    },
  },
  server: { fs: { allow: [here('..')] } },
  test: {
    include: ['tests/browser/**/*.test.ts'],
    environment: 'node',
    maxWorkers: 2, // each file has an edition and a browser of its own, which together keep one core busy
    testTimeout: 240_000,
    hookTimeout: 240_000,
    expect: { poll: { timeout: 90_000 } }, // by default a second, which a loaded machine does not keep
  },
})
