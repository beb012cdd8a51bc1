/** A bucket that takes one upload in parts as S3 does (API reference: UploadPart, CompleteMultipartUpload), with faults on
 *  order. Loopback and a free port. */
import { createHash } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Parts } from '@/backend/types.ts'

export type PartFault = 'cut' | 'busy'
/** `late error`: 200, and in its body that it failed. `lost answer`: done, but nobody hears of it. */
export type CompletionFault = 'late error' | 'lost answer' | 'busy'

export class MultipartServer {
  readonly parts = new Map<number, Buffer>()
  /** Numbers of the parts that were sent, in order. */
  readonly sent: number[] = []
  object: Buffer | null = null
  completions = 0
  partFaults: PartFault[] = []
  completionFaults: CompletionFault[] = []
  exposesETag = true
  /** Its time is over, or somebody aborted it. */
  gone = false
  private readonly server: Server

  constructor(
    readonly total: number,
    readonly partBytes: number,
  ) {
    this.server = createServer((request, response) => void this.answer(request, response))
  }

  async start(): Promise<Parts> {
    await new Promise<void>((resolve) => this.server.listen(0, '127.0.0.1', resolve))
    const base = `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/recording?uploadId=u`
    const count = Math.ceil(this.total / this.partBytes)
    const part_urls = Array.from({ length: count }, (_, at) => `${base}&partNumber=${at + 1}`)
    return { part_bytes: this.partBytes, part_urls, complete_url: base, abort_url: base }
  }

  async stop(): Promise<void> {
    this.server.closeAllConnections()
    await new Promise((resolve) => this.server.close(resolve))
  }

  private async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    response.setHeader('Access-Control-Allow-Origin', '*')
    response.setHeader('Access-Control-Allow-Methods', 'PUT, POST, DELETE')
    response.setHeader('Access-Control-Allow-Headers', 'If-None-Match, Content-Type')
    if (this.exposesETag) response.setHeader('Access-Control-Expose-Headers', 'ETag')
    if (request.method === 'OPTIONS') return void response.writeHead(204).end()
    const parts: Buffer[] = []
    for await (const part of request) parts.push(part as Buffer)
    const body = Buffer.concat(parts)
    const number = /partNumber=(\d+)/.exec(request.url ?? '')?.[1]
    if (this.gone) return refuse(response, 404, 'NoSuchUpload')
    if (request.method === 'PUT') this.put(request, response, Number(number), body)
    else if (request.method === 'POST') this.complete(request, response, body.toString())
    else response.writeHead(204).end()
  }

  private put(request: IncomingMessage, response: ServerResponse, number: number, body: Buffer): void {
    this.sent.push(number)
    const fault = this.partFaults.shift()
    if (fault === 'cut') return void request.socket.destroy()
    if (fault === 'busy') return refuse(response, 503, 'SlowDown')
    const wanted = Math.min(this.partBytes, this.total - (number - 1) * this.partBytes)
    if (body.length !== wanted) return refuse(response, 403, 'SignatureDoesNotMatch') // the length is signed
    this.parts.set(number, body)
    response.writeHead(200, { ETag: etagOf(body) }).end()
  }

  private complete(request: IncomingMessage, response: ServerResponse, xml: string): void {
    this.completions += 1
    const fault = this.completionFaults.shift()
    if (fault === 'busy') return refuse(response, 503, 'SlowDown')
    if (fault === 'late error') return refuse(response, 200, 'InternalError')
    if (request.headers['if-none-match'] !== '*') return refuse(response, 403, 'AccessDenied')
    if (this.object) return refuse(response, 412, 'PreconditionFailed')
    const listed = [...xml.matchAll(/<PartNumber>(\d+)<\/PartNumber><ETag>([^<]*)<\/ETag>/g)]
    const bodies = listed.map(([, number, etag]) => {
      const body = this.parts.get(Number(number))
      return body && etagOf(body) === etag ? body : null
    })
    if (bodies.length === 0 || bodies.includes(null)) return refuse(response, 400, 'InvalidPart')
    this.object = Buffer.concat(bodies as Buffer[])
    if (fault === 'lost answer') return void request.socket.destroy()
    response.writeHead(200).end('<CompleteMultipartUploadResult/>')
  }
}

const etagOf = (body: Buffer): string => `"${createHash('md5').update(body).digest('hex')}"`

const refuse = (response: ServerResponse, status: number, code: string): void =>
  void response.writeHead(status).end(`<Error><Code>${code}</Code></Error>`)
