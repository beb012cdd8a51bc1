/** For whoever built the page. */
export const misconfiguredEn = {
  title: 'This page is not set up',
  problems: {
    missing: (name: string) => `${name} is not set. This page is not served by its API, so it has to know where that is.`,
    scheme: (name: string) => `${name} has to begin with https:// (or http:// for tests).`,
    address: (name: string) => `${name} is no address.`,
  },
  is: 'It is',
  could: 'It could be',
  hint: 'Set it in the environment of the build and build again. Left empty, the API is where this page comes from.',
}
