/** Copies the packets of the sound of a video into a file of their own. Nothing is decoded, so no codec is needed. */
import {
  type AudioCodec,
  BlobSource,
  EncodedAudioPacketSource,
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
  const [sound, picture] = [await input.getPrimaryAudioTrack(), await input.getPrimaryVideoTrack()]
  if (!sound || !picture) throw new Refusal('no_saving')
  const codec = await sound.getCodec()
  if (!codec) throw new Refusal('unreadable')
  const durationS = await sound.computeDuration()
  const { averageBitrate } = await sound.computePacketStats(LOOKED_AT_PACKETS)
  if ((averageBitrate * durationS) / 8 > file.size * WORTH_IT) throw new Refusal('no_saving')
  const draft = await openDraft(target)
  try {
    const format = IN_MP4.has(codec) ? new Mp4OutputFormat({ fastStart: false }) : new MkvOutputFormat()
    await copy(sound, codec, durationS, format, draft)
    return { size: draft.check(), type: IN_MP4.has(codec) ? 'audio/mp4' : 'audio/x-matroska' }
  } finally {
    await draft.close()
    input.dispose()
  }
}

async function copy(
  sound: InputAudioTrack,
  codec: AudioCodec,
  durationS: number,
  format: OutputFormat,
  draft: Draft,
): Promise<void> {
  const written = new WritableStream<StreamTargetChunk>({ write: ({ data, position }) => draft.write(data, position) })
  const output = new Output({ format, target: new StreamTarget(written, { chunked: true, chunkSize: WRITE_BYTES }) })
  const source = new EncodedAudioPacketSource(codec)
  output.addAudioTrack(source)
  await output.start()
  const decoderConfig = await sound.getDecoderConfig()
  const meta = decoderConfig ? { decoderConfig } : undefined
  let bytes = 0
  let told = 0
  for await (const packet of new EncodedPacketSink(sound).packets()) {
    await source.add(packet, meta)
    bytes += packet.byteLength
    if (bytes - told < TELL_EVERY_BYTES) continue
    told = bytes
    answer({ kind: 'progress', share: Math.min(1, (packet.timestamp + packet.duration) / durationS), bytes })
  }
  await output.finalize()
}

const answer = (message: Answer<Extracted>): void => postMessage(message)
