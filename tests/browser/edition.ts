/** A real `aisubs up` on a free port with folders of its own, for one test file. */
import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { mkdtempSync, openSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

export const REPOSITORY = join(dirname(fileURLToPath(import.meta.url)), '..', '..')
export const SAMPLE = join(REPOSITORY, 'tests', 'toy_model', 'samples', 'sample.mp4')

/** Two people and a sentence of a third. */
export const TALK = join(REPOSITORY, 'aisubs', 'demo', 'sample.mp4')

export const PYTHON = join(REPOSITORY, '.venv', 'bin', 'python')
const START_TIMEOUT_MS = 120_000
const QUICK = {
  RECOVER_EVERY_S: '1',
  HEARTBEAT_S: '1',
  STALE_AFTER_S: '20',
  RETRY_BACKOFF_S: '0.1',
  RECOVER_BATCH: '50',
  CPU_THREADS: '1',
  MODEL: join(REPOSITORY, 'tests', 'toy_model', 'toy'),
}

export class Edition {
  url = ''
  private process: ChildProcess | null = null
  readonly home = mkdtempSync(join(tmpdir(), 'aisubs-browser-'))
  private port = 0

  constructor(private readonly environment: Record<string, string> = {}) {}

  /** The terminal, on the data folder of the `up` that runs. */
  aisubs(...words: string[]): string {
    const environment = { ...process.env, ...QUICK, ...this.environment }
    const all = ['-m', 'aisubs', ...words, '--data-dir', join(this.home, 'data')]
    return execFileSync(PYTHON, all, { cwd: REPOSITORY, encoding: 'utf8', env: environment })
  }

  /** By which the machine's owner signs in. */
  link(...more: string[]): string {
    return (JSON.parse(this.aisubs('link', '--json', ...more)) as { links: [string] }).links[0]
  }

  /** Resolves when it answers. After `kill` it comes back at the same address, as a person's server would. */
  async start(): Promise<this> {
    const folders = ['--data-dir', 'data', '--inbox', 'inbox', '--results', 'results'].map((word) =>
      word.startsWith('--') ? word : join(this.home, word),
    )
    const log = openSync(join(this.home, 'stderr.txt'), 'a')
    const child = spawn(PYTHON, ['-m', 'aisubs', 'up', '--port', String(this.port), '--json', ...folders], {
      cwd: REPOSITORY,
      env: { ...process.env, ...QUICK, ...this.environment },
      stdio: ['ignore', 'pipe', log],
    })
    this.process = child
    this.url = await new Promise<string>((resolve, reject) => {
      const late = setTimeout(() => reject(new Error(`no answer\n${this.complaints()}`)), START_TIMEOUT_MS)
      let said = ''
      child.stdout?.on('data', (part: Buffer) => {
        said += part.toString()
        const url = /"url":\s*"([^"]+)"/.exec(said)?.[1]
        if (url) resolve(url)
        if (url) clearTimeout(late)
      })
      child.on('exit', (code) => reject(new Error(`ended with ${String(code)}\n${this.complaints()}`)))
    })
    this.port = Number(new URL(this.url).port)
    return this
  }

  /** As a power cut would, for the server itself: its Postgres is joined again by the next start. */
  async kill(): Promise<void> {
    await this.end('SIGKILL')
  }

  async stop(): Promise<void> {
    await this.end('SIGINT')
    rmSync(this.home, { recursive: true, force: true })
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const child = this.process
    this.process = null
    if (!child || child.exitCode !== null) return
    const gone = new Promise((resolve) => child.on('exit', resolve))
    child.kill(signal)
    await gone
  }

  private complaints(): string {
    return readFileSync(join(this.home, 'stderr.txt'), 'utf8').slice(-2000)
  }
}
