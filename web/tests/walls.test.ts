/** ESLint keeps the doors between the rooms shut, however an import is written. Violations are planted under names of files
 *  that are there, since its types come with the project. */
import { fileURLToPath } from 'node:url'
import { ESLint } from 'eslint'
import { describe, expect, test } from 'vitest'

const eslint = new ESLint({ cwd: fileURLToPath(new URL('..', import.meta.url)) })

/** Names of the rules that a text breaks in the place of a file. */
async function broken(file: string, text: string): Promise<string[]> {
  const [result] = await eslint.lintText(text, { filePath: `src/${file}` })
  return (result?.messages ?? []).map(({ ruleId, message }) => ruleId ?? message)
}

const WALL = 'import-x/no-restricted-paths'

describe('the walls between the rooms', { timeout: 120_000 }, () => {
  test.each([
    ['upload/eta.ts', "export { KEY } from '@/jobs/cache.ts'\n", WALL],
    ['upload/eta.ts', "export { KEY } from '../jobs/cache.ts'\n", WALL],
    ['upload/eta.ts', "export { KEY } from './../jobs/cache.ts'\n", WALL],
    ['upload/eta.ts', "export { KEY } from '../upload/../jobs/cache.ts'\n", WALL],
    ['upload/eta.ts', "export const late = () => import('../jobs/cache.ts')\n", WALL],
    ['jobs/merge.ts', "export type { Upload } from '../upload/phases.ts'\n", WALL],
    ['tabs/bus.ts', "export { httpBackend } from '../backend/http.ts'\n", WALL],
    ['features/upload/dropped.ts', "export { pageOf } from '../jobs/sections.ts'\n", WALL],
    ['upload/eta.ts', "export { useState } from 'react'\n", 'no-restricted-imports'],
    ['features/chosen_word.ts', "export { lazy } from 'react'\n", 'no-restricted-imports'],
    ['upload/eta.ts', 'export const id = crypto.randomUUID()\n', 'no-restricted-properties'],
    ['upload/eta.ts', 'const { randomUUID } = crypto\nexport const id = randomUUID()\n', 'no-restricted-properties'],
    ['upload/eta.ts', 'export const { subtle } = crypto\n', 'no-restricted-properties'],
  ])('%s: %s', async (file, text, rule) => {
    expect(await broken(file, text)).toContain(rule)
  })

  test('open doors are open', async () => {
    const text = "export { newId } from '../ids.ts'\nexport { hold } from '../tabs/locks.ts'\nexport { Pace } from '@/upload/eta.ts'\n"
    expect(await broken('upload/source.ts', text)).toEqual([])
  })
})
