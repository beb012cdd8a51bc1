/** Makes /sw.js of src/sw/sw.ts, with the names of the files that the page needs to open. */
import { createHash } from 'node:crypto'
import { fileURLToPath } from 'node:url'
import { build, type Plugin, type Rolldown } from 'vite'

const here = (path: string): string => fileURLToPath(new URL(path, import.meta.url))

/** Files of public/ that index.html names. */
const BESIDE = ['/first-paint.js', '/icon.svg']

export function serviceWorker(): Plugin {
  return {
    name: 'service-worker',
    apply: 'build',
    enforce: 'post',
    async generateBundle(_, bundle) {
      const shell = ['/', ...BESIDE, ...entryFiles(bundle).map((name) => `/${name}`)]
      // index.html is made of the names, so they stand for it; the files beside it have no hash of their own.
      const version = createHash('sha256').update(JSON.stringify(shell)).digest('hex').slice(0, 12)
      this.emitFile({ type: 'asset', fileName: 'sw.js', source: await compiled(shell, version) })
    },
  }
}

/** What is larger is kept when it is first used: few need it, and fewer without a network. */
const SMALL = 120_000

/** The entry with its styles, and the small parts that are loaded when they are needed: a language, a screen. */
function entryFiles(bundle: Rolldown.OutputBundle): string[] {
  return Object.values(bundle).flatMap((file) => {
    if (file.type !== 'chunk' || !(file.isEntry || file.code.length < SMALL)) return []
    return [file.fileName, ...(file.viteMetadata?.importedCss ?? [])]
  })
}

async function compiled(shell: string[], version: string): Promise<string> {
  const made = await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    resolve: { alias: { '@': here('../src') } },
    define: { __SHELL__: JSON.stringify(shell), __BUILD__: JSON.stringify(version) },
    build: {
      write: false,
      target: 'es2022',
      rolldownOptions: { input: here('../src/sw/sw.ts'), output: { format: 'iife' } },
    },
  })
  const outputs = (Array.isArray(made) ? made : [made]).flatMap((one) => ('output' in one ? one.output : []))
  const chunk = outputs.find((one) => one.type === 'chunk')
  if (!chunk) throw new Error('no service worker came of src/sw/sw.ts')
  return chunk.code
}
