import jsxA11y from 'eslint-plugin-jsx-a11y'
import reactHooks from 'eslint-plugin-react-hooks'
import tseslint from 'typescript-eslint'

/** Rooms and what they may not open: imports point from app and features down to the rooms without React. */
const ROOMS = {
  upload: ['app', 'features', 'ui', 'i18n', 'jobs', 'transcript'],
  jobs: ['app', 'features', 'ui', 'i18n', 'upload', 'transcript'],
  transcript: ['app', 'features', 'ui', 'i18n', 'upload', 'jobs'],
  tabs: ['app', 'features', 'ui', 'i18n', 'upload', 'jobs', 'transcript', 'backend'],
  backend: ['app', 'features', 'ui', 'i18n', 'upload', 'jobs', 'transcript'],
  i18n: ['app', 'features', 'ui', 'backend', 'upload', 'jobs', 'transcript'],
  ui: ['app', 'features', 'backend', 'upload', 'jobs', 'transcript'],
  'features/upload': ['features/jobs', 'features/viewer', 'features/editor', 'features/share', 'features/notify'],
  'features/jobs': ['features/upload', 'features/viewer', 'features/editor', 'features/share', 'features/notify'],
  // The viewer is where the text is edited.
  'features/viewer': ['features/upload', 'features/jobs', 'features/share', 'features/notify'],
  'features/editor': ['features/upload', 'features/jobs', 'features/viewer', 'features/share', 'features/notify'],
  'features/share': ['features/upload', 'features/jobs', 'features/editor', 'features/notify'],
  'features/notify': ['features/upload', 'features/jobs', 'features/viewer', 'features/editor', 'features/share'],
}
const WITHOUT_REACT = ['upload', 'jobs', 'transcript', 'backend', 'tabs']

const zones = Object.entries(ROOMS).map(([room, closed]) => ({
  files: [`src/${room}/**/*.{ts,tsx}`],
  rules: {
    'no-restricted-imports': [
      'error',
      {
        patterns: [
          ...closed.map((other) => ({ group: [`@/${other}/*`], message: `${room} may not open ${other}` })),
          ...(WITHOUT_REACT.includes(room) ? [{ group: ['react', 'react-dom', 'wouter'], message: 'no React here' }] : []),
        ],
      },
    ],
  },
}))

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
      'max-lines': ['error', { max: 250, skipBlankLines: true }],
    },
  },
  { files: ['**/*.tsx'], ...jsxA11y.flatConfigs.strict },
  { files: ['**/*.{ts,tsx}'], ...reactHooks.configs.flat.recommended },
  // They take a ref that is handed on, or used by an event, for one that is read while rendering.
  { files: ['**/*.{ts,tsx}'], rules: { 'react-hooks/refs': 'off', 'react-hooks/immutability': 'off' } },
  ...zones,
)
