/** What the build gives to everybody: nothing secret, little at first, and the rest under names that have limits. */
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'
import { build } from 'vite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'

const WEB = fileURLToPath(new URL('..', import.meta.url))
const out = mkdtempSync(join(tmpdir(), 'aisubs-bundle-'))
/** Values that an environment may hold beside those of the page, each of a shape that secrets have. */
const SECRETS = {
  SUPABASE_SERVICE_KEY: 'sb_secret_planted-by-the-test',
  DATABASE_URL: 'postgres://planted:by-the-test@127.0.0.1/x',
  VAPID_PRIVATE_KEY: 'planted0123456789abcdefghijklmnopqrstuvwxyzA',
  GOOGLE_API_KEY: 'AIzaPlantedByTheTest0123456789abcdefghi',
}
const PUBLIC = { VITE_API_URL: 'https://api.planted.example', VITE_SUPABASE_URL: 'https://planted.supabase.co' }

beforeAll(async () => {
  const before = { ...process.env }
  const planted = { ...SECRETS, ...PUBLIC, NODE_ENV: 'production' } // the test runner's own would give the slow React
  Object.assign(process.env, planted)
  try {
    await build({ root: WEB, configFile: join(WEB, 'vite.config.ts'), logLevel: 'error', build: { outDir: out, emptyOutDir: true } })
  } finally {
    for (const name of Object.keys(planted)) {
      if (before[name] === undefined) Reflect.deleteProperty(process.env, name)
      else process.env[name] = before[name]
    }
  }
}, 180_000)
afterAll(() => rmSync(out, { recursive: true, force: true }))

const files = (): string[] =>
  readdirSync(out, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
const texts = (): [string, string][] => files().map((path) => [path.slice(out.length), readFileSync(path, 'utf8')])

describe('nothing secret', () => {
  test('of the environment only what is meant for the page gets in', () => {
    for (const [path, text] of texts()) for (const secret of Object.values(SECRETS)) expect(text, path).not.toContain(secret)
    const page = texts().filter(([path]) => /index.*\.js$/.test(path))
    expect(page.some(([, text]) => text.includes(PUBLIC.VITE_API_URL))).toBe(true) // the search finds what is there
  })

  test('no key, and no token with a right to anything', () => {
    for (const [path, text] of texts()) {
      expect(text, path).not.toMatch(/sb_secret_[\w-]{8}|-----BEGIN [A-Z ]*PRIVATE KEY-----|AIza[\w-]{30}/)
      for (const [, payload = ''] of text.matchAll(/eyJ[\w-]{8,}\.(eyJ[\w-]{8,})\./g)) {
        expect(Buffer.from(payload, 'base64url').toString(), path).not.toContain('role')
      }
    }
  })

  test('no map of the sources', () => {
    expect(files().filter((path) => path.endsWith('.map'))).toEqual([])
  })
})

interface Chunk {
  file: string
  name?: string
  isEntry?: boolean
  imports?: string[]
  css?: string[]
}
const manifest = (): Record<string, Chunk> =>
  JSON.parse(readFileSync(join(out, 'manifest.json'), 'utf8')) as Record<string, Chunk>
const gzipped = (file: string): number => gzipSync(readFileSync(join(out, file)), { level: 9 }).length

/** All that the browser loads before it shows anything. */
function entryGraph(): Chunk[] {
  const all = manifest()
  const found = new Set<Chunk>()
  const walk = (key: string): void => {
    const chunk = all[key]
    if (!chunk || found.has(chunk)) return
    found.add(chunk)
    chunk.imports?.forEach(walk)
  }
  for (const [key, chunk] of Object.entries(all)) if (chunk.isEntry) walk(key)
  return [...found]
}

describe('little at first', () => {
  test('the first load', () => {
    const entry = entryGraph()
    const scripts = entry.reduce((sum, { file }) => sum + gzipped(file), 0)
    const styles = entry.flatMap(({ css }) => css ?? []).reduce((sum, file) => sum + gzipped(file), 0)
    expect(entry.length).toBeGreaterThan(0)
    expect(scripts).toBeLessThan(125_000)
    expect(styles).toBeLessThan(12_000)
  })

  test.each(['RealtimeClient', 'mediabunny', 'createSHA256', 'ffmpeg-core', 'Möchten Sie'])('%s is not in it', (mark) => {
    for (const { file } of entryGraph()) expect(readFileSync(join(out, file), 'utf8')).not.toContain(mark)
  })

  // kB of each part that is loaded later, by the name of its file (`dist`: the client of Supabase). A new part has to be given a limit here.
  const LIMITS: Record<string, number> = { dist: 60, viewer: 40, library_page: 22, de: 12, 'extract.worker': 125, 'hash.worker': 12, 'ffmpeg-core': 35 }
  const USUAL = 12

  test('every other part has its limit', () => {
    for (const name of readdirSync(join(out, 'assets')).filter((one) => one.endsWith('.js'))) {
      if (entryGraph().some(({ file }) => file === `assets/${name}`)) continue
      const part = name.replace(/-[\w-]{8}\.js$/, '')
      expect(gzipped(`assets/${name}`), name).toBeLessThan((LIMITS[part] ?? USUAL) * 1000)
    }
  })

  test('the service worker is three kilobytes, in one file, and names only what is there', () => {
    const text = readFileSync(join(out, 'sw.js'), 'utf8')
    expect(Buffer.byteLength(text.replace(/\/assets\/[\w.-]+,?/g, ''))).toBeLessThanOrEqual(3_000) // beside the names of files
    expect(text).not.toMatch(/\bimport\b|\bexport\b|__SHELL__|__BUILD__/)
    const named = [...text.matchAll(/\/assets\/[\w.-]+\.(?:js|css)/g)].map(([path]) => path)
    expect(named.length).toBeGreaterThan(2)
    for (const path of named) expect(existsSync(join(out, path)), path).toBe(true)
  })
})

test('Netlify is told where the page may talk to, and to ask for the service worker anew', () => {
  const headers = readFileSync(join(out, '_headers'), 'utf8')
  expect(headers).toMatch(/connect-src [^;]*https:\/\/api\.planted\.example https:\/\/planted\.supabase\.co wss:\/\/planted\.supabase\.co/)
  expect(headers).toMatch(/^\/sw\.js\n {2}Cache-Control: no-cache$/m)
  expect(headers.match(/Cache-Control/g)).toHaveLength(2)
  expect(readFileSync(join(out, '_redirects'), 'utf8')).toBe('/* /index.html 200\n')
})
