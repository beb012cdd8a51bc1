/** Why a worker gave up, in a word that the page has a sentence for. */
export class Refusal extends Error {
  constructor(readonly reason: 'no_saving' | 'unreadable') {
    super(reason)
    this.name = 'Refusal'
  }
}

/** Of anything else, what it says itself: for the console. */
export function reasonOf(fault: unknown): string {
  if (fault instanceof Refusal) return fault.reason
  if (fault instanceof DOMException && fault.name === 'QuotaExceededError') return 'no_space'
  return String(fault)
}
