/** A list of one's jobs as the server sorts and filters it, page after page; what was asked for last wins. */
import { asBackendError, type Backend, type BackendError } from '@/backend/backend.ts'
import type { OwnJobs, Totals, Wanted } from '@/backend/owner.ts'
import type { Job } from '@/backend/types.ts'

const PER_PAGE = 100

export interface ListSnapshot {
  jobs: readonly Job[]
  /** Of all that match, whether or not they are here. */
  total: number
  /** Of everything one has, whatever is asked for. */
  totals: Totals | null
  /** Null while nothing has been heard: then there is nothing to show yet, not an empty list. */
  state: 'loading' | 'ready'
  fault: BackendError | null
}

const NOTHING: ListSnapshot = { jobs: [], total: 0, totals: null, state: 'loading', fault: null }

export class LibraryList {
  private snapshot = NOTHING
  private wanted: Wanted = {}
  private turn = 0
  private pages = 0
  private adding = false
  private readonly listeners = new Set<() => void>()

  constructor(
    private readonly backend: Pick<Backend, 'ownJobs'>,
    private readonly token: string | null,
  ) {}

  readonly subscribe = (listener: () => void): (() => void) => {
    this.listeners.add(listener)
    return () => this.listeners.delete(listener)
  }

  readonly getSnapshot = (): ListSnapshot => this.snapshot

  /** What stood here before stays until the answer is there. */
  async show(wanted: Wanted): Promise<void> {
    this.wanted = wanted
    this.pages = 0
    await this.load(1)
  }

  /** The next page, if there is one. */
  async more(): Promise<void> {
    const { jobs, total } = this.snapshot
    if (this.adding || this.pages === 0 || jobs.length >= total) return
    this.adding = true
    const turn = this.turn
    try {
      const page = await this.ask(this.pages + 1)
      if (turn !== this.turn || page === null) return
      this.pages += 1
      // The list may have moved on by some since the last page.
      const known = new Set(jobs.map((job) => job.job_id))
      this.publish({ ...page, jobs: [...jobs, ...page.jobs.filter((job) => !known.has(job.job_id))] })
    } finally {
      this.adding = false
    }
  }

  /** All that is shown, anew. A first page with the same jobs costs no more than that page. */
  async refresh(): Promise<void> {
    if (this.pages === 0 || this.adding) return
    const turn = this.turn
    const first = await this.ask(1)
    if (turn !== this.turn || first === null) return
    const { jobs, total } = this.snapshot
    const same = first.total === total && first.jobs.every((job, place) => job.job_id === jobs[place]?.job_id)
    if (same || this.pages === 1) this.publish({ ...first, jobs: [...first.jobs, ...(same ? jobs.slice(first.jobs.length) : [])] })
    else await this.load(this.pages)
  }

  /** News of a job that is shown. */
  put(job: Job): void {
    this.publish({ jobs: this.snapshot.jobs.map((one) => (one.job_id === job.job_id && one.version <= job.version ? job : one)) })
  }

  drop(ids: ReadonlySet<string>): void {
    const jobs = this.snapshot.jobs.filter((job) => !ids.has(job.job_id))
    this.publish({ jobs, total: this.snapshot.total - (this.snapshot.jobs.length - jobs.length) })
  }

  private async load(pages: number): Promise<void> {
    const turn = (this.turn += 1)
    const jobs: Job[] = []
    for (let page = 1; page <= pages; page += 1) {
      const found = await this.ask(page)
      if (turn !== this.turn || found === null) return
      jobs.push(...found.jobs)
      this.pages = page
      if (page === pages || jobs.length >= found.total) return this.publish({ ...found, jobs })
    }
  }

  /** Null when it could not be had, which is told. */
  private async ask(page: number): Promise<OwnJobs | null> {
    if (this.token === null) return { jobs: [], total: 0, totals: null }
    const turn = this.turn
    try {
      return await this.backend.ownJobs(this.token, { ...this.wanted, page, perPage: PER_PAGE, totals: page === 1 })
    } catch (fault) {
      if (turn === this.turn) this.publish({ fault: asBackendError(fault) }, this.snapshot.fault)
      return null
    }
  }

  private publish(change: Partial<ListSnapshot>, fault: BackendError | null = null): void {
    const totals = change.totals ?? this.snapshot.totals
    this.snapshot = { ...this.snapshot, fault, ...change, totals, state: 'ready' }
    for (const listener of this.listeners) listener()
  }
}
