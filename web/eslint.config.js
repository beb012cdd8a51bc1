import jsxA11y from 'eslint-plugin-jsx-a11y'
import reactHooks from 'eslint-plugin-react-hooks'
import importX from 'eslint-plugin-import-x'
import { dirname, join } from 'node:path'
import tseslint from 'typescript-eslint'

/** Rooms and what they may not open: imports point from app and features down to the rooms without React. */
const ROOMS = {
  upload: ['app', 'features', 'ui', 'i18n', 'jobs', 'transcript', 'library'],
  jobs: ['app', 'features', 'ui', 'i18n', 'upload', 'transcript', 'library'],
  library: ['app', 'features', 'ui', 'i18n', 'upload', 'transcript'],
  transcript: ['app', 'features', 'ui', 'i18n', 'upload', 'jobs', 'library'],
  sign_in: ['app', 'features', 'ui', 'i18n', 'upload', 'jobs', 'transcript'],
  tabs: ['app', 'features', 'ui', 'i18n', 'upload', 'jobs', 'transcript', 'library', 'backend'],
  backend: ['app', 'features', 'ui', 'i18n', 'upload', 'jobs', 'transcript', 'library'],
  i18n: ['app', 'features', 'ui', 'backend', 'upload', 'jobs', 'transcript', 'library'],
  ui: ['app', 'features', 'backend', 'upload', 'jobs', 'transcript', 'library'],
  'features/upload': ['features/jobs', 'features/viewer', 'features/editor', 'features/share', 'features/notify'],
  'features/jobs': ['features/upload', 'features/viewer', 'features/editor', 'features/share', 'features/notify'],
  // The viewer is where the text is edited.
  'features/viewer': ['features/upload', 'features/jobs', 'features/share', 'features/notify'],
  'features/editor': ['features/upload', 'features/jobs', 'features/viewer', 'features/share', 'features/notify'],
  'features/share': ['features/upload', 'features/jobs', 'features/editor', 'features/notify'],
  'features/library': ['features/upload', 'features/viewer', 'features/editor', 'features/notify'],
  'features/account': ['features/upload', 'features/jobs', 'features/viewer', 'features/editor', 'features/share', 'features/notify', 'features/admin'],
  'features/admin': ['features/upload', 'features/jobs', 'features/viewer', 'features/editor', 'features/share', 'features/notify', 'features/account'],
  'features/notify': ['features/upload', 'features/jobs', 'features/viewer', 'features/editor', 'features/share'],
}
const WITHOUT_REACT = ['upload', 'jobs', 'library', 'transcript', 'backend', 'sign_in', 'tabs']

const SRC = join(import.meta.dirname, 'src')

/** Where an import leads, however it is written: `@/jobs/store.ts`, `../jobs/store.ts`. Packages are no business of the walls. */
const ours = {
  name: 'aisubs',
  interfaceVersion: 3,
  resolve(source, from) {
    const path = source.startsWith('@/') ? join(SRC, source.slice(2)) : source.startsWith('.') ? join(dirname(from), source) : null
    return path === null ? { found: false } : { found: true, path: path.replace(/\?.*$/, '') }
  },
}

const walls = {
  files: ['src/**/*.{ts,tsx}'],
  plugins: { 'import-x': importX },
  settings: { 'import-x/resolver-next': [ours] },
  rules: {
    'import-x/no-restricted-paths': [
      'error',
      {
        zones: Object.entries(ROOMS).flatMap(([room, closed]) =>
          closed.map((other) => ({ target: join(SRC, room), from: join(SRC, other), message: `${room} may not open ${other}` })),
        ),
      },
    ],
  },
}
const withoutReact = {
  files: WITHOUT_REACT.map((room) => `src/${room}/**/*.{ts,tsx}`),
  rules: { 'no-restricted-imports': ['error', { patterns: [{ group: ['react', 'react-dom', 'wouter', 'react/*', 'react-dom/*', 'wouter/*'], message: 'no React here' }] }] },
}

/** React's own gives up for good at the first failure. */
const patientParts = {
  files: ['src/app/**/*.{ts,tsx}', 'src/features/**/*.{ts,tsx}'],
  rules: { 'no-restricted-imports': ['error', { paths: [{ name: 'react', importNames: ['lazy'], message: 'lazyChunk of src/ui/lazy_chunk.ts waits for a silent server.' }] }] },
}

export default tseslint.config(
  { ignores: ['dist', 'node_modules', 'public'] },
  ...tseslint.configs.strictTypeChecked.map((config) => ({ ...config, files: ['**/*.{ts,tsx}'] })),
  {
    files: ['**/*.{ts,tsx}'],
    languageOptions: { parserOptions: { projectService: true, tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/restrict-template-expressions': ['error', { allowNumber: true }],
      // `return tell(…)` and `if (a) b()` say what they mean.
      '@typescript-eslint/no-confusing-void-expression': 'off',
      '@typescript-eslint/no-meaningless-void-operator': 'off',
      // In secure contexts alone, and a server in the house sends its page over plain HTTP: src/ids.ts, hash-wasm.
      'no-restricted-properties': [
        'error',
        { property: 'randomUUID', message: 'Not there over plain HTTP: newId of src/ids.ts is.' },
        { object: 'crypto', property: 'subtle', message: 'Not there over plain HTTP: hash-wasm is.' },
      ],
      'max-lines': ['error', { max: 250, skipBlankLines: true }],
    },
  },
  { files: ['**/*.tsx'], ...jsxA11y.flatConfigs.strict },
  { files: ['**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended },
  // They take a ref that is handed on, or used by an event, for one that is read while rendering.
  { files: ['**/*.{ts,tsx}'], rules: { 'react-hooks/refs': 'off', 'react-hooks/immutability': 'off' } },
  walls,
  withoutReact,
  patientParts,
)
