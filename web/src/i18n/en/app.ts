export const appEn = {
  title: (page: string) => `${page} - aisubs`,
  transcribe: 'Transcribe',
  shared: 'Shared transcript',
  loading: 'Loading…',
  jobs: (n: number) => (n > 0 ? `Jobs, ${n} running` : 'Jobs'),
  skip: 'Skip to content',
  theme: 'Colours',
  themes: { system: 'As the system', light: 'Light', dark: 'Dark' },
  language: 'Language',
  offline: (time: string | null) => `Offline - data may be stale${time ? ` · last updated ${time}` : ''}`,
  notKept: 'This browser keeps nothing: these jobs will be forgotten when you reload the page.',
  notFound: 'There is nothing at this address.',
  home: 'To the start',
  crashed: 'This part of the page stopped. Your text is kept.',
  reload: 'Reload',
  newVersion: 'A new version is ready.',
  copyDetails: 'Copy details',
  close: 'Close',
  misconfigured: 'This page is not set up',
  misconfiguredProblems: {
    missing: (name: string) => `${name} is not set. This page is not served by its API, so it has to know where that is.`,
    scheme: (name: string) => `${name} has to begin with https:// (or http:// for tests).`,
    address: (name: string) => `${name} is no address.`,
  },
  misconfiguredIs: 'It is',
  misconfiguredCould: 'It could be',
  misconfiguredHint: 'Set it in the environment of the build and build again. Left empty, the API is where this page comes from.',
}

export const failureEn = {
  code: (code: string) => `(${code})`,
  unknown: 'Something went wrong.',
}
