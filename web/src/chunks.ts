/** Parts of the page that are loaded when they are needed, and that a silent server must not cost. */

const FIRST_WAIT_MS = 300
const LONGEST_WAIT_MS = 5_000

/** Loads until it is there, for as long as the server does not answer. Rejects where it answers and has no such part, as after
 *  an update, and where the part itself is broken. */
export async function loadChunk<Chunk>(load: () => Promise<Chunk>): Promise<Chunk> {
  for (let attempt = 0, missed = false; ; attempt += 1) {
    try {
      return await load()
    } catch (fault) {
      if (!(fault instanceof TypeError)) throw fault
      if (missed) return byAnotherName(fault)
    }
    await pause(Math.min(LONGEST_WAIT_MS, FIRST_WAIT_MS * 2 ** attempt))
    missed = await answers()
  }
}

/** Browsers other than Chromium remember that an address failed (https://github.com/whatwg/html/issues/6768). */
async function byAnotherName<Chunk>(fault: TypeError): Promise<Chunk> {
  const [url] = /\bhttps?:\/\/\S+\.js\b/.exec(fault.message) ?? []
  if (!url?.startsWith(`${location.origin}/`)) throw fault
  return (await import(/* @vite-ignore */ `${url}?again`)) as Chunk
}

/** Not by GET, which a service worker would answer. */
const answers = (): Promise<boolean> =>
  fetch('/', { method: 'HEAD', cache: 'no-store' }).then(
    ({ status }) => status < 500,
    () => false,
  )

const pause = (ms: number): Promise<void> =>
  new Promise((resolve) => {
    setTimeout(resolve, ms)
    addEventListener('online', () => resolve(), { once: true })
  })
