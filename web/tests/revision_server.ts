/** Revisions of one text over HTTP on the loopback, as the API keeps them (aisubs/http/revisions.py), with faults at will. */
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Operation, Paragraph } from '@/backend/transcripts.ts'
import { difference, type TranscriptDocument, revise } from '@/transcript/document.ts'

export class RevisionServer {
  url = ''
  /** Number 0 is the machine's. */
  readonly revisions: TranscriptDocument[]
  status = 'completed'
  /** What it was asked, in order. */
  readonly asked: string[] = []
  /** Does the next save and then breaks the line: its answer is lost. */
  loseAnswer = false
  /** Refuses texts that say this. */
  forbidden = '\0'
  /** Who speaks in each paragraph, by the number of people that is asked for. */
  toldApart: (number: number | undefined) => readonly string[] = () => []
  /** Breaks every line before it does anything. */
  down = false
  private readonly server = createServer((request, response) => void this.answer(request, response))

  constructor(paragraphs: readonly Paragraph[]) {
    this.revisions = [{ paragraphs, speakers: {} }]
  }

  async start(): Promise<this> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    this.url = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`
    return this
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  get newest(): TranscriptDocument {
    return this.revisions.at(-1) ?? { paragraphs: [], speakers: {} }
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const { pathname, searchParams } = new URL(request.url ?? '', this.url)
    const what = `${request.method ?? ''} ${pathname.split('/').slice(4).join('/')}`
    this.asked.push(what)
    if (this.down) return void request.socket.destroy()
    if (what === 'GET transcript') return this.show(response, searchParams.get('revision'))
    const number = this.revisions.length - 1
    if (request.headers['if-match'] !== `"${number}"`) return refuse(response, 412, 'revision_conflict')
    const body = JSON.parse(Buffer.concat(parts).toString()) as { operations: Operation[]; revision: number; num_speakers?: number }
    const wanted = what === 'POST speakers' ? this.spokenBy(this.toldApart(body.num_speakers)) : this.revisions[body.revision]
    const operations = what === 'POST revisions' ? body.operations : wanted ? difference(this.newest, wanted) : []
    try {
      const { document } = revise(this.newest, operations)
      if (JSON.stringify(operations).includes(this.forbidden)) return refuse(response, 400, 'bad_request')
      this.revisions.push(document)
    } catch {
      return refuse(response, 400, 'bad_request')
    }
    if (this.loseAnswer) request.socket.destroy()
    this.loseAnswer = false
    send(response, 201, { revision: number + 1, saved_at: '2026-01-02T03:04:05Z' })
  }

  private spokenBy(labels: readonly string[]): TranscriptDocument {
    const { paragraphs, speakers } = this.newest
    return { speakers, paragraphs: paragraphs.map((paragraph, at) => ({ ...paragraph, speaker: labels[at] ?? null })) }
  }

  private show(response: ServerResponse, asked: string | null): void {
    const newest = this.revisions.length - 1
    const revision = asked === null ? newest : Number(asked)
    const document = this.revisions[revision]
    if (!document) return refuse(response, 404, 'revision_not_found')
    send(response, 200, {
      ...{ schema: 'aisubs-columns/1', job_id: 'j', revision, newest, version: 1, status: this.status, language: 'en' },
      ...{ duration_ms: 100_000, final_until_ms: 100_000, title: 't', coverage: null, ...document },
    })
  }
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'Content-Type': 'application/json' }).end(JSON.stringify(body))
}

const refuse = (response: ServerResponse, status: number, code: string): void =>
  send(response, status, { error: { code, message: code, retryable: false } })
