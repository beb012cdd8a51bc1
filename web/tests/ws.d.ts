/** As much of ws as the tests use; it comes without types of its own. */
declare module 'ws' {
  import type { EventEmitter } from 'node:events'
  import type { AddressInfo } from 'node:net'

  export class WebSocket extends EventEmitter {
    on(event: 'message', listener: (data: Buffer) => void): this
    on(event: 'close', listener: () => void): this
    send(data: string): void
    terminate(): void
  }
  export class WebSocketServer extends EventEmitter {
    constructor(options: { port: number; host: string })
    on(event: 'connection', listener: (socket: WebSocket) => void): this
    address(): AddressInfo | null
    close(done: (fault?: Error) => void): void
  }
}
