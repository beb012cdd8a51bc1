/** Copies the packets of the sound of a video into a file of their own: of all its audio tracks, for the server to choose
 *  from. Nothing is decoded, so no codec is needed. */
import {
  type AudioCodec,
  type AudioTrackMetadata,
  BlobSource,
  EncodedAudioPacketSource,
  type EncodedPacket,
  EncodedPacketSink,
  Input,
  type InputAudioTrack,
  MATROSKA,
  MkvOutputFormat,
  MP4,
  Mp4OutputFormat,
  MPEG_TS,
  Output,
  type OutputFormat,
  QTFF,
  StreamTarget,
  type StreamTargetChunk,
  WEBM,
} from 'mediabunny'
import { type Draft, openDraft } from './draft.ts'
import { reasonOf, Refusal } from './refusal.ts'
import type { Answer } from './worker_task.ts'

const WORTH_IT = 0.8
const LOOKED_AT_PACKETS = 500
const TELL_EVERY_BYTES = 256 * 1024
const WRITE_BYTES = 4 * 1024 * 1024
/** Codecs at home in MP4; Matroska takes the others. */
const IN_MP4 = new Set<AudioCodec>(['aac', 'mp3', 'ac3', 'eac3'])

export interface Extraction {
  file: File
  /** Where in the origin's private files the sound goes. */
  target: FileSystemFileHandle
}
export interface Extracted {
  type: string
  size: number
}

// The muxer writes the time of day into the file. Without it, equal recordings give equal sound, byte for byte, which is
// how the server knows them again.
Date.now = () => 0

addEventListener('message', ({ data }: MessageEvent<Extraction>) => {
  extract(data).then(
    (result) => answer({ kind: 'done', result }),
    (fault: unknown) => answer({ kind: 'failed', reason: reasonOf(fault) }),
  )
})

async function extract({ file, target }: Extraction): Promise<Extracted> {
  const input = new Input({ source: new BlobSource(file), formats: [MP4, QTFF, MATROSKA, WEBM, MPEG_TS] })
  if (!(await input.canRead())) throw new Refusal('unreadable')
  const tracks = await input.getAudioTracks()
  if (tracks.length === 0 || !(await input.getPrimaryVideoTrack())) throw new Refusal('no_saving')
  const lanes = await Promise.all(tracks.map(openLane))
  const durationS = Math.max(...(await Promise.all(tracks.map((track) => track.computeDuration()))))
  const stats = await Promise.all(tracks.map((track) => track.computePacketStats(LOOKED_AT_PACKETS)))
  const bitrate = stats.reduce((sum, { averageBitrate }) => sum + averageBitrate, 0)
  if ((bitrate * durationS) / 8 > file.size * WORTH_IT) throw new Refusal('no_saving')
  const draft = await openDraft(target)
  try {
    // Matroska also keeps which of several tracks is to be played, and which is a commentary.
    const inMp4 = lanes.length === 1 && lanes.every(({ codec }) => IN_MP4.has(codec))
    await copy(lanes, durationS, inMp4 ? new Mp4OutputFormat({ fastStart: false }) : new MkvOutputFormat(), draft)
    return { size: draft.check(), type: inMp4 ? 'audio/mp4' : 'audio/x-matroska' }
  } finally {
    await draft.close()
    input.dispose()
  }
}

/** One audio track on its way from the one file to the other. */
interface Lane {
  track: InputAudioTrack
  codec: AudioCodec
  source: EncodedAudioPacketSource
  packets: AsyncIterator<EncodedPacket, unknown>
  next: EncodedPacket | null
  meta: EncodedAudioChunkMetadata | undefined
}

async function openLane(track: InputAudioTrack): Promise<Lane> {
  const codec = await track.getCodec()
  if (!codec) throw new Refusal('unreadable')
  const packets = new EncodedPacketSink(track).packets()[Symbol.asyncIterator]()
  const decoderConfig = await track.getDecoderConfig()
  const meta = decoderConfig ? { decoderConfig } : undefined
  const lane: Lane = { track, codec, source: new EncodedAudioPacketSource(codec), packets, next: null, meta }
  await step(lane)
  return lane
}

/** False: the track has ended. */
async function step(lane: Lane): Promise<boolean> {
  const found = await lane.packets.next()
  lane.next = found.done ? null : found.value
  return lane.next !== null
}

async function copy(lanes: readonly Lane[], durationS: number, format: OutputFormat, draft: Draft): Promise<void> {
  const written = new WritableStream<StreamTargetChunk>({ write: ({ data, position }) => draft.write(data, position) })
  const output = new Output({ format, target: new StreamTarget(written, { chunked: true, chunkSize: WRITE_BYTES }) })
  for (const { track, source } of lanes) {
    output.addAudioTrack(source, lanes.length > 1 ? await saidOf(track) : {})
  }
  await output.start()
  let [bytes, told] = [0, 0]
  for (const lane of lanes) if (!lane.next) lane.source.close()
  // In the order of time, so that no track's packets wait in memory for another's.
  for (let lane = earliest(lanes); lane?.next; lane = earliest(lanes)) {
    const packet = lane.next
    await lane.source.add(packet, lane.meta)
    if (!(await step(lane))) lane.source.close() // the muxer waits for it no longer
    bytes += packet.byteLength
    if (bytes - told < TELL_EVERY_BYTES) continue
    told = bytes
    answer({ kind: 'progress', share: Math.min(1, (packet.timestamp + packet.duration) / durationS), bytes })
  }
  await output.finalize()
}

/** What the file says of a track, by which one of several is chosen. */
async function saidOf(track: InputAudioTrack): Promise<AudioTrackMetadata> {
  const [languageCode, name, disposition] = [await track.getLanguageCode(), await track.getName(), await track.getDisposition()]
  return { languageCode, disposition, ...(name === null ? {} : { name }) }
}

/** The track whose next packet is the first; of equals the first track. */
function earliest(lanes: readonly Lane[]): Lane | null {
  let first: Lane | null = null
  for (const lane of lanes) if (lane.next && lane.next.timestamp < (first?.next?.timestamp ?? Infinity)) first = lane
  return first
}

const answer = (message: Answer<Extracted>): void => postMessage(message)
