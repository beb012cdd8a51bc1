/** Secrets that come in the part of an address behind `#`, which no server is sent: the key that signs the machine's owner in
 *  (`#key=`, printed by `aisubs up`), and a library's key from another device (`#library=`). They leave the address before
 *  anything is asked, so that they are in no history, no screenshot and no referrer. */
import { readKey } from '@/library/key.ts'

interface Take {
  signIn: (key: string) => void
  offer: (key: string) => void
}

/** Call it before the first request. Another link pasted into the same tab loads nothing anew, and is taken too. */
export function takeFragment(take: Take): void {
  const look = (): void => {
    const { pathname, search, hash } = location
    const [, name, value = ''] = /^#(key|library)=(.+)$/.exec(hash) ?? []
    if (name === undefined) return
    history.replaceState(history.state, '', pathname + search)
    const library = name === 'library' ? readKey(value) : null
    if (name === 'key') take.signIn(decodeURIComponent(value))
    else if (library) take.offer(library)
  }
  look()
  addEventListener('hashchange', look)
}
