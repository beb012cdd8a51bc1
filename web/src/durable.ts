/** IndexedDB whose writes lie on the disk once they are said to be done: not lost by a killed browser, nor by a power cut.
 *
 *  Browsers else answer when the system has the bytes, which may be long before the disk has them
 *  (https://www.w3.org/TR/IndexedDB-3/#transaction-durability-hint). */
import { createStore, type UseStore } from 'idb-keyval'

/** A store for idb-keyval, as its own `createStore`. */
export function durableStore(database: string, name: string): UseStore {
  const usual = createStore(database, name)
  return (mode, callback) =>
    usual('readonly', ({ transaction: { db } }) => callback(db.transaction(name, mode, { durability: 'strict' }).objectStore(name)))
}
