import type { Backend } from '@/backend/backend.ts'
import type { KnownConfig } from '@/backend/known_config.ts'
import type { Healer } from '@/jobs/heal.ts'
import { isActive } from '@/jobs/merge.ts'
import type { JobStore } from '@/jobs/store.ts'
import { openBus } from '@/tabs/bus.ts'
import { UploadEngine } from '@/upload/engine.ts'
import { browserExtracts } from '@/upload/extracts.ts'
import { hashInWorker, within } from '@/upload/hashing.ts'
import { browserLedger } from '@/upload/ledger.ts'
import { TabMessage, TABS } from '@/upload/mirror.ts'
import { keepAwake } from '@/upload/wake_lock.ts'

const LIMITS_WAIT_MS = 3_000

/** The uploads of this browser, going on where they were. */
export function startUploads(backend: Backend, config: KnownConfig, jobs: JobStore, healer: Healer): UploadEngine {
  const uploads = new UploadEngine({
    backend,
    ledger: browserLedger(),
    hash: hashInWorker,
    extracts: browserExtracts(),
    bus: openBus(TABS, TabMessage),
    async limits() {
      const said = await within(config.get(), LIMITS_WAIT_MS)
      return said && { maxBytes: said.limits.max_upload_bytes, maxDurationMs: said.limits.max_duration_ms }
    },
    tokens: () => jobs.getSnapshot().entries.map(({ ref }) => ref.token),
    onJob: (ref) => {
      jobs.add(ref)
      healer.soon()
    },
    onSubmitted: () => healer.soon(),
    onWithdrawn: (ref) => jobs.remove([ref.id]),
  })
  void uploads.load()
  hurryWhenOneEnds(uploads, jobs)
  keepAwake(() => uploads.sending, uploads.subscribe)
  addEventListener('online', () => uploads.hurry())
  addEventListener('beforeunload', (event) => {
    // The browser asks in its own words. After a reload the file would have to be chosen again.
    if (uploads.busy) event.preventDefault()
  })
  return uploads
}

/** An upload that the queue has no room for begins when a job here is over, not only after the wait it was told. */
function hurryWhenOneEnds(uploads: UploadEngine, jobs: JobStore): void {
  const count = (): number => jobs.getSnapshot().entries.filter(({ job }) => job && isActive(job)).length
  let before = count()
  jobs.subscribe(() => {
    const now = count()
    if (now < before) uploads.hurryForRoom()
    before = now
  })
}
