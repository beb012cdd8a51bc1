/** What holds for the page as a whole: its words, its colours, its headers, its size. */
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { describe, expect, test } from 'vitest'
import { contentSecurityPolicy, netlifyHeaders, originOf, readSecurityHeaders, withSocket } from '../build-parts/headers.ts'
import { readConfig } from '@/app/config.ts'
import { de } from '@/i18n/de.ts'
import { en } from '@/i18n/en.ts'
import { bytes, clock, span } from '@/i18n/format.ts'
import { LANGUAGE_CODES } from '@/i18n/languages.ts'

const here = (path: string): URL => new URL(path, import.meta.url)
const read = (path: string): string => readFileSync(here(path), 'utf8')

describe('words', () => {
  test('the languages are those of the server', () => {
    const [, table = ''] = /^LANGUAGES.*?\{(.*?)^\}/ms.exec(read('../../aisubs/model/language.py')) ?? []
    const python = [...table.matchAll(/^ {4}"([a-z]+)": "/gm)].map((match) => match[1])
    expect(LANGUAGE_CODES).toEqual(python)
  })

  test.each([en, de])('every rule of captions that the server tells of has a sentence', ({ viewer }) => {
    const [, names = ''] = /^RuleName = Literal\[(.*?)\]/ms.exec(read('../../aisubs/formats/violations.py')) ?? []
    const rules = [...names.matchAll(/"(\w+)"/g)].map(([, name = '']) => name)
    expect(rules).toContain('cps')
    expect(rules.filter((rule) => viewer.warning(rule, 1, 2).startsWith(`${rule}:`))).toEqual([])
  })

  test('German has words of its own', () => {
    const same = ([...Object.keys(en)] as (keyof typeof en)[]).flatMap((part) =>
      Object.entries(en[part]).filter(
        ([key, value]) => typeof value === 'string' && value.length > 12 && Reflect.get(de[part], key) === value,
      ),
    )
    expect(same).toEqual([])
  })

  test('numbers and times are written as people read them', () => {
    expect([clock(0), clock(754_000), clock(3_723_000)]).toEqual(['0:00', '12:34', '1:02:03'])
    expect([span('en', 40), span('en', 360), span('en', 4200)]).toEqual(['40 sec', '6 min', '1 hr 10 min'])
    expect([bytes('en', 742_000_000), bytes('de', 1_500_000_000)]).toEqual(['742 MB', '1,5\u00a0GB'])
  })
})

describe('colours', () => {
  const css = read('../src/app/style.css')
  const tokens = (block: string): Record<string, string> =>
    Object.fromEntries([...block.matchAll(/--([a-z-]+): (#[0-9a-f]{6})/g)].map(([, name = '', value = '']) => [name, value]))
  const light = tokens(css.slice(css.indexOf(':root {'), css.indexOf('@media (prefers-color-scheme')))
  const darkBySystem = tokens(css.slice(css.indexOf(":root:not([data-theme='light'])"), css.indexOf(":root[data-theme='dark']")))
  const dark = tokens(css.slice(css.indexOf(":root[data-theme='dark']"), css.indexOf('body {')))

  // https://www.w3.org/TR/WCAG22/#dfn-contrast-ratio
  const luminance = (hex: string): number => {
    const [r = 0, g = 0, b = 0] = [1, 3, 5].map((at) => {
      const part = parseInt(hex.slice(at, at + 2), 16) / 255
      return part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4
    })
    return 0.2126 * r + 0.7152 * g + 0.0722 * b
  }
  const contrast = (one = '', two = ''): number => {
    const [bright = 0, dim = 0] = [luminance(one), luminance(two)].sort((a, b) => b - a)
    return (bright + 0.05) / (dim + 0.05)
  }

  test('both ways into the dark lead to the same', () => {
    expect(Object.keys(dark).length).toBeGreaterThan(10)
    expect(darkBySystem).toEqual(dark)
    expect(Object.keys(dark)).toEqual(Object.keys(light))
  })

  test.each([
    ['light', light],
    ['dark', dark],
  ])('%s: text can be read, controls can be seen', (_, colours) => {
    const grounds = ['bg', 'surface', 'sunken'] as const
    for (const ground of grounds) {
      for (const text of ['text', 'muted']) expect(contrast(colours[text], colours[ground])).toBeGreaterThan(4.5)
    }
    for (const text of ['danger', 'warn', 'ok', 'accent']) expect(contrast(colours[text], colours['surface'])).toBeGreaterThan(4.5)
    expect(contrast(colours['on-accent'], colours['accent'])).toBeGreaterThan(4.5)
    expect(contrast(colours['text'], colours['spoken'])).toBeGreaterThan(4.5)
    for (const control of ['control', 'accent', 'doubt']) expect(contrast(colours[control], colours['surface'])).toBeGreaterThan(3)
  })
})

describe('headers', () => {
  const headers = readSecurityHeaders()

  test('allow nothing inline and nobody else', () => {
    const policy = contentSecurityPolicy(headers.csp, ['https://api.example.org'])
    expect(policy).not.toContain('unsafe-inline')
    expect(policy).not.toContain("'unsafe-eval'")
    expect(policy).toContain("default-src 'none'")
    expect(policy).toMatch(/connect-src [^;]*https:\/\/api\.example\.org/)
  })

  test('Netlify gets the same, and https', () => {
    const written = netlifyHeaders(headers, [])
    expect(written).toContain(`Content-Security-Policy: ${contentSecurityPolicy(headers.csp, [])}`)
    expect(written).toContain('Strict-Transport-Security')
    expect(written).toContain('Referrer-Policy: no-referrer')
  })

  test('live updates may come from the project that the build names, over https and wss', () => {
    const policy = contentSecurityPolicy(headers.csp, withSocket(originOf('https://x.supabase.co/rest')))
    expect(policy).toMatch(/connect-src [^;]* https:\/\/x\.supabase\.co wss:\/\/x\.supabase\.co(;|$)/)
  })

  test('an address that is none stops the build', () => {
    expect(originOf('https://api.example.org/v1')).toEqual(['https://api.example.org'])
    expect(originOf('')).toEqual([])
    for (const wrong of ['api.example.org', 'ftp://x/']) expect(() => originOf(wrong)).toThrow()
  })
})

test('the environment is checked, and what is wrong is named', () => {
  expect(readConfig({})).toEqual({ ok: true, apiUrl: '', supabaseOrigin: null })
  expect(readConfig({ VITE_API_URL: 'https://api.example.org/', VITE_SUPABASE_URL: 'https://x.supabase.co/' })).toEqual({
    ok: true,
    apiUrl: 'https://api.example.org',
    supabaseOrigin: 'https://x.supabase.co',
  })
  expect(readConfig({ VITE_API_URL: 'api.example.org' })).toMatchObject({ problem: 'scheme' })
  expect(readConfig({ VITE_API_URL: 'https://' })).toMatchObject({ ok: false, name: 'VITE_API_URL', problem: 'address' })
  expect(readConfig({ VITE_SUPABASE_URL: 'x.supabase.co' })).toMatchObject({ name: 'VITE_SUPABASE_URL', problem: 'scheme' })
  expect(readConfig({ VITE_EDITION: 'cloud' })).toMatchObject({ name: 'VITE_API_URL', problem: 'missing' })
})

describe('the build', () => {
  const dist = here('../dist/')
  interface Chunk {
    file: string
    src?: string
    isEntry?: boolean
    imports?: string[]
    dynamicImports?: string[]
    css?: string[]
  }
  const manifest = (): Record<string, Chunk> => {
    if (!existsSync(dist)) throw new Error('web/dist is not there. Run: make web')
    return JSON.parse(readFileSync(new URL('manifest.json', dist), 'utf8')) as Record<string, Chunk>
  }
  const text = (file: string): string => readFileSync(new URL(file, dist), 'utf8')
  const gzipped = (file: string): number => gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length
  const sizeOf = (files: Iterable<string>): number => [...files].reduce((sum, file) => sum + gzipped(file), 0)

  /** What a browser fetches when it is sent to a chunk, and not before somebody asks for more. */
  const withImports = (key: string, chunks = manifest(), seen = new Set<string>()): Set<string> => {
    seen.add(key)
    for (const other of chunks[key]?.imports ?? []) if (!seen.has(other)) withImports(other, chunks, seen)
    return seen
  }
  const entry = (): string => Object.entries(manifest()).find(([, chunk]) => chunk.isEntry)?.[0] ?? ''
  const filesOf = (keys: Iterable<string>): string[] => [...keys].map((key) => manifest()[key]?.file ?? key)
  const assets = (): string[] => readdirSync(new URL('assets/', dist)).map((name) => `assets/${name}`)

  test('is small: 125 kB of scripts at first, 12 kB of styles, 32 kB more to read', () => {
    const first = withImports(entry())
    expect(sizeOf(filesOf(first))).toBeLessThan(125_000)
    expect(sizeOf(manifest()[entry()]?.css ?? [])).toBeLessThan(12_000)
    const viewer = Object.keys(manifest()).find((key) => key.endsWith('viewer/viewer_page.tsx')) ?? ''
    const more = [...withImports(viewer)].filter((key) => !first.has(key))
    expect(more.length).toBeGreaterThan(0)
    expect(sizeOf(filesOf(more))).toBeLessThan(32_000)
  })

  test('brings what is seldom needed only when it is', () => {
    const atFirst = filesOf(withImports(entry())).map(text).join()
    // A name that only that library has in its code.
    const marks = { supabase: 'realtime-js/', mediabunny: 'Mediabunny', 'hash-wasm': 'hash-wasm', German: 'Aus Aufnahmen' }
    for (const [name, mark] of Object.entries(marks)) expect(atFirst.includes(mark), name).toBe(false)
    const later = assets().filter((file) => file.endsWith('.js')).map(text).join()
    for (const [name, mark] of Object.entries(marks)) expect(later.includes(mark), name).toBe(true)
  })

  test('holds no secret', () => {
    for (const file of assets()) {
      expect(text(file)).not.toMatch(/service_role|sb_secret_|-----BEGIN [A-Z ]*PRIVATE KEY|eyJhbGciOi/)
    }
  })

  test('has no script or style in its document, and nothing in it is a stranger\u2019s', () => {
    const html = text('index.html')
    expect([...html.matchAll(/<script(?![^>]*\ssrc=)/g)]).toEqual([])
    expect(html).not.toMatch(/<style|\son[a-z]+=|style=/)
    const addresses = [...html.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, address = '']) => address)
    expect(addresses.length).toBeGreaterThan(2)
    expect(addresses.filter((address) => !address.startsWith('/') || address.startsWith('//'))).toEqual([])
    for (const file of assets().filter((one) => one.endsWith('.css'))) {
      expect(text(file)).not.toMatch(/@import|url\((?!['"]?(\/assets|data:))/)
    }
  })
})
