import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Page } from 'playwright-core'
import { REPOSITORY } from './edition.ts'

const SOURCE = readFileSync(join(REPOSITORY, 'web', 'node_modules', 'axe-core', 'axe.min.js'), 'utf8')

/** What axe finds wrong, as rule and elements. It is evaluated, not added as a script, which the policy forbids. */
export async function axeViolations(page: Page): Promise<string[]> {
  // A colour on its way to another one is neither of them.
  await page.waitForFunction(() => !document.getAnimations().some((one) => one instanceof CSSTransition))
  await page.evaluate(SOURCE)
  return page.evaluate(async () => {
    const { axe } = globalThis as unknown as {
      axe: { run: () => Promise<{ violations: { id: string; nodes: { target: unknown[]; failureSummary?: string }[] }[] }> }
    }
    const { violations } = await axe.run()
    return violations.flatMap(({ id, nodes }) => nodes.map((node) => `${id}: ${node.target.join(' ')} ${node.failureSummary ?? ''}`))
  })
}
