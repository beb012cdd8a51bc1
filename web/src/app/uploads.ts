import type { Backend } from '@/backend/backend.ts'
import type { KnownConfig } from '@/backend/known_config.ts'
import type { Healer } from '@/jobs/heal.ts'
import { isActive } from '@/jobs/merge.ts'
import type { JobStore } from '@/jobs/store.ts'
import type { Identity } from '@/library/identity.ts'
import { submitFor } from '@/library/submitting.ts'
import { openBus } from '@/tabs/bus.ts'
import { UploadEngine } from '@/upload/engine.ts'
import { browserExtracts } from '@/upload/extracts.ts'
import { hashInWorker, within } from '@/upload/hashing.ts'
import { browserUploadStore } from '@/upload/upload_store.ts'
import { TabMessage, TABS } from '@/upload/mirror.ts'
import { keepAwake } from '@/upload/wake_lock.ts'

const LIMITS_WAIT_MS = 3_000
const DISK_WAIT_MS = 3_000

/** The uploads of this browser, going on where they were, once the list of its jobs is `loaded`. */
export function startUploads(
  backend: Backend,
  config: KnownConfig,
  jobs: JobStore,
  healer: Healer,
  identity: Identity,
  loaded: Promise<void>,
): UploadEngine {
  const uploads = new UploadEngine({
    backend: { ...backend, submit: submitFor(identity, backend) },
    store: browserUploadStore(),
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
      askToKeep()
    },
    onSubmitted: (ref) => {
      jobs.add(ref)
      healer.soon()
      return jobs.secure(ref)
    },
    async aliveEveryMs() {
      const seconds = (await within(config.get(), LIMITS_WAIT_MS))?.upload.alive_every_s
      return seconds ? seconds * 1000 : null
    },
    onWithdrawn: (ref) => jobs.remove([ref.id]),
  })
  void within(loaded, DISK_WAIT_MS).then(() => uploads.load())
  hurryWhenOneEnds(uploads, jobs)
  keepAwake(() => uploads.sending, uploads.subscribe)
  addEventListener('online', () => uploads.hurry())
  addEventListener('beforeunload', (event) => {
    // The browser asks in its own words; what leaving costs, the page says.
    if (uploads.sending) event.preventDefault()
  })
  return uploads
}

/** Browsers short of room delete first what no page has asked them to keep. Pages over plain HTTP cannot ask. */
function askToKeep(): void {
  const storage = (navigator as { storage?: StorageManager }).storage
  storage?.persist().catch((fault: unknown) => console.info('aisubs: the browser may delete the list of jobs.', fault))
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
