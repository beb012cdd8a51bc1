import { Suspense, useCallback, useRef, useState, useSyncExternalStore } from 'react'
import { flushSync } from 'react-dom'
import { useText } from '@/i18n/language.ts'
import { lossesLine } from '@/i18n/losses.ts'
import { nameOf } from '@/jobs/name.ts'
import { doubtfulIn, wordAt, wordOfOffset } from '@/transcript/columns.ts'
import { tell } from '@/ui/announcer.tsx'
import { copyText } from '@/ui/clipboard.ts'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import { DownloadMenu } from '../download_menu.tsx'
import { useServerConfig, useServices } from '../services.ts'
import { type Address, keepAddress, readAddress } from './address.ts'
import { useCues } from './captions/captions.ts'
import { CaptionsPane, useWarnings } from './captions/captions_pane.tsx'
import { Controls } from './player/controls.tsx'
import { useCramped } from './cramped.ts'
import { EditingSlot } from './editing_slot.ts'
import { FollowPill } from './text/follow_pill.tsx'
import { Heading } from './heading.tsx'
import { rowElement } from './text/highlights.ts'
import { keysAreOn, switchKeys } from './keyboard/keys.ts'
import type { OpenTranscript } from './open_transcript.ts'
import { Playback } from './player/playback.ts'
import { Player } from './player/player.tsx'
import { PlayerOptions } from './player/player_options.tsx'
import { usePreferences } from './preferences.ts'
import { useReading } from './text/reading.ts'
import { useRecording } from './player/recording.ts'
import { focusRow } from './keyboard/roving.ts'
import { useScreenKeys } from './keyboard/screen_keys.ts'
import { LossesNote } from './text/losses_note.tsx'
import { SilenceNote } from './player/silence_note.tsx'
import { showPlace } from './text/spoken.ts'
import { SpeakersBar } from './text/speakers_bar.tsx'
import { StripSlider } from './player/strip.tsx'
import { TextPane } from './text/text_pane.tsx'
import { Toolbar } from './toolbar.tsx'
import type { ViewerProps } from './viewer.tsx'

// Nobody needs these to read.
const KeySheet = lazyChunk(() => import('./keyboard/key_sheet.tsx'), 'KeySheet')
const ScriptNote = lazyChunk(() => import('./text/script_note.tsx'), 'ScriptNote')
const EditingTools = lazyChunk(() => import('./editing_tools.tsx'), 'EditingTools')
const Translations = lazyChunk(() => import('./translations/translations.tsx'), 'Translations')

const PROFILES = { netflix: '', bbc: '', plain: '' }

export function Screen({ jobRef, job, may, actions, opened }: ViewerProps & { opened: OpenTranscript }) {
  const { viewer: text, losses: lossesText } = useText()
  const { backend } = useServices()
  const { session, transcript } = opened
  const { paragraphs, language } = transcript
  const [region, frame] = [useRef<HTMLDivElement>(null), useRef<HTMLDivElement>(null)]
  const [root, list, search] = [useRef<HTMLElement>(null), useRef<HTMLOListElement>(null), useRef<HTMLInputElement>(null)]
  const [address] = useState(() => readAddress(location.search))
  const [playback] = useState(() => new Playback())
  const [slot] = useState(() => new EditingSlot())
  const editor = useSyncExternalStore(slot.subscribe, slot.getSnapshot)
  const [preferences, prefer] = usePreferences()
  const [view, setView] = useState(address.view)
  const [keysOn, setKeysOn] = useState(keysAreOn)
  const [help, setHelp] = useState(false)
  const [translating, setTranslating] = useState<HTMLElement | null>(null)
  const profiles = Object.keys(useServerConfig()?.profiles ?? PROFILES)
  const profile = profiles.includes(preferences.profile) ? preferences.profile : (profiles[0] ?? '')
  const durationMs = transcript.durationMs || (job.duration_ms ?? 0)

  const reading = useReading({ transcript, durationMs, address, playback, root, editor })
  const { script, looks, following, searching, choosing, speaking, doubts, strip } = reading
  const { found, current } = searching
  const { chosen } = choosing
  const { set: setFollowing } = following
  const state = useCues({ backend, jobRef, profile, edition: `${transcript.revision} ${transcript.finalUntilMs}`, settled: transcript.saving === 'saved' || transcript.saving === 'conflict' })
  const warnings = useWarnings(list, state.cues)
  const recording = useRecording({
    ...{ backend, jobRef, playback, durationMs: durationMs || null },
    served: may.media && job.status !== 'uploading',
    otherwise: may.media ? 'not-yet' : 'not-shared',
  })
  const nothing = lossesLine(job.losses, lossesText) ?? text.silence

  const show = useCallback((wanted: Address['view']): void => {
    // At once, for what comes next looks for its place in it. A frame later the focus might be elsewhere, and would be taken away.
    flushSync(() => setView(wanted))
    keepAddress({ view: wanted })
  }, [])
  const toText = useCallback(() => show('text'), [show])
  const resume = (): void => {
    setFollowing(true)
    if (view === 'text') showPlace(script, wordAt(paragraphs, playback.ms))
  }
  const editAt = (paragraphId: string): void => {
    show('text')
    setFollowing(false)
    speaking.reveal(script.at.get(paragraphId) ?? 0)
    showPlace(script, { paragraph: script.at.get(paragraphId) ?? 0, word: 0 })
    const row = rowElement(paragraphId)
    if (root.current && row) focusRow(root.current, row, { preventScroll: true })
    editor?.write(paragraphId, 0)
  }
  const stopFollowing = useCallback(() => setFollowing(false), [setFollowing])
  const nextWarning = (step: 1 | -1): void => {
    if (view !== 'captions') show('captions')
    warnings.next(step)
  }
  const confirm = (): void => {
    const word = chosen.current
    const paragraph = paragraphs[script.at.get(word?.id ?? '') ?? -1]
    const index = paragraph && word ? wordOfOffset(paragraph, word.from) : -1
    if (!paragraph || !doubtfulIn(paragraph).includes(index) || !session.apply({ kind: 'confirm', id: paragraph.id, word: index })) return
    doubts.next(1)
  }
  const toggleCaptions = (): void => prefer({ shown: !preferences.shown })
  useScreenKeys({
    ...{ region, frame, search, playback, doubts, confirm, nextWarning, toggleCaptions },
    nextTurn: view === 'text' ? speaking.move : () => undefined,
    on: keysOn,
    follow: () => (following.on ? setFollowing(false) : resume()),
    help: () => setHelp(true),
  })
  useCramped(region)
  const copy = async (): Promise<void> => {
    const copied = await copyText(paragraphs.map((paragraph) => paragraph.text).join('\n\n'))
    tell(copied ? text.copied : text.notCopied)
  }
  return (
    <div ref={region} tabIndex={-1} className="viewer outline-none">
      <div className="viewer-side">
        <Heading {...{ job, durationMs }} finalUntilMs={transcript.finalUntilMs} />
        <Player {...{ job, frame, playback, recording, preferences }} cues={state.cues}>
          <StripSlider strip={strip} playback={playback} />
          <Controls
            {...{ playback, frame }}
            captions={{ shown: preferences.shown, toggle: toggleCaptions }}
            options={
              <PlayerOptions {...{ frame, playback, preferences }} onChange={prefer} onChoose={recording.source ? recording.choose : null} />
            }
          />
        </Player>
        {transcript.body?.toy && (
          <p role="note" className="rounded-card border border-line bg-surface p-4 text-sm text-warn">
            {text.toy}
          </p>
        )}
        {job.losses?.no_speech === false && <LossesNote job={job} onSeek={playback.seek} />}
        {job.alignment != null && (
          <Suspense>
            <ScriptNote alignment={job.alignment} onSeek={playback.seek} />
          </Suspense>
        )}
        <SilenceNote recording={recording} job={job} />
        {job.status === 'completed' && (
          <Suspense>
            <Translations {...{ jobRef, language }} name={nameOf(job)} revision={transcript.revision} own={may.edit} tool={translating} onSeek={playback.seek} />
          </Suspense>
        )}
      </div>
      <div className="viewer-text">
        <div className="text-tools" data-covers="top">
          <Toolbar
            {...{ search, searching, view, warnings, doubts }}
            onView={show}
            profile={{ chosen: profile, all: profiles, choose: (one) => prefer({ profile: one }) }}
            onCopy={() => void copy()}
            onHelp={() => setHelp(true)}
            actions={
              <>
                {job.status === 'completed' && <DownloadMenu jobRef={jobRef} name={nameOf(job)} edited={transcript.revision > 0} profile={profile} guest={!may.edit} before={() => session.save()} />}
                <span ref={setTranslating} className="contents" />
                {actions}
              </>
            }
          />
          {view === 'text' && <SpeakersBar {...{ speaking, looks }} paragraphs={paragraphs.length} />}
          {may.edit && job.status === 'completed' && (
            <Suspense>
              <EditingTools {...{ jobRef, session, transcript, looks, root, region, found, current, chosen, keysOn, slot, toText }} voicesKept={(job.diarization?.found ?? null) !== null} player={playback} onWrite={stopFollowing} />
            </Suspense>
          )}
        </div>
        {paragraphs.length === 0 && <p className="text-muted">{job.status === 'completed' ? nothing : text.notYet}</p>}
        {view === 'text' ? (
          <TextPane {...{ root, script, looks, language, playback, following, found }} match={found[current]} only={speaking.only} field={editor?.field ?? null} onWord={choosing.point} />
        ) : (
          <CaptionsPane {...{ jobRef, root: list, state, language, playback, following, transcript }} session={may.edit && transcript.editable ? session : null} onEdit={may.edit && transcript.editable ? editAt : null} />
        )}
        {!following.on && <FollowPill playback={playback} onResume={resume} />}
      </div>
      {help && (
        <Suspense>
          <KeySheet editing={may.edit} on={keysOn} onSwitch={(on) => (switchKeys(on), setKeysOn(on))} onClose={() => setHelp(false)} />
        </Suspense>
      )}
    </div>
  )
}
