/** As far as it is used here: @ffmpeg/core ships no types. */
declare module '@ffmpeg/core' {
  interface Device {
    open?: () => void
    close?: () => void
    write: (stream: { position: number }, buffer: Int8Array, offset: number, length: number, position: number) => number
    llseek: (stream: { position: number }, offset: number, whence: number) => number
  }
  export interface Core {
    FS: {
      filesystems: { WORKERFS: object }
      mkdir(path: string): void
      mount(type: object, options: { blobs: { name: string; data: Blob }[] }, path: string): void
      makedev(major: number, minor: number): number
      registerDevice(device: number, operations: Device): void
      mkdev(path: string, device: number): void
    }
    /** The exit code. Blocks until the work is done. */
    exec(...parameters: string[]): number
    setLogger(logger: (line: { type: string; message: string }) => void): void
    /** `progress`: 0 … 1, NaN and beyond where the length is not known. */
    setProgress(progress: (state: { progress: number }) => void): void
  }
  export type CreateCore = (options: { wasmBinary: ArrayBuffer }) => Promise<Core>
}
