import type { ServerConfig } from '@/backend/facts.ts'
import type { Options } from '@/backend/types.ts'
import { LANGUAGE_CODES } from '@/i18n/languages.ts'
import { Input, Select } from '@/ui/field.tsx'
import { Languages } from '@/features/upload/languages.tsx'
import { agreeing, channelsMatter, secondChoices, speakersOf } from '@/features/upload/options.ts'
import type { SettingsProps } from './settings_card.tsx'
import { useSettingsWords } from './settings_words.ts'

/** More than films have; others are named in the terminal. */
const TRACK_NUMBERS = ['1', '2', '3', '4', '5', '6', '7', '8'] as const

/** All that may be chosen of how recordings are transcribed. */
export function SettingsFields({ wish, config, onChange }: SettingsProps) {
  const text = useSettingsWords()
  const { options, whole } = wish
  const models = config?.models ?? []
  const usual = config?.diarize_usual ?? false
  const change = (part: Partial<Options>): void => onChange({ options: agreeing({ ...options, ...part }, usual), whole })
  return (
    <div className="grid gap-4 border-t border-line p-4 sm:grid-cols-2">
      <Languages codes={config?.languages ?? LANGUAGE_CODES} options={options} onChange={change} />
      {config?.translate !== false && (
        <Select
          label={text.task}
          value={options.task}
          onChange={(event) => change({ task: event.target.value as Options['task'] })}
        >
          <option value="transcribe">{text.transcribe}</option>
          <option value="translate">{text.translate}</option>
        </Select>
      )}
      {models.length > 1 && (
        <Select
          label={text.model}
          value={options.model ?? ''}
          onChange={(event) => change({ model: event.target.value || null })}
        >
          {models.map((name, at) => (
            <option key={name} value={at === 0 ? '' : name}>
              {at === 0 ? text.usual(name) : name}
            </option>
          ))}
        </Select>
      )}
      {config && <SecondOpinion config={config} chosen={options.second_opinion} onChange={change} />}
      {config?.diarize !== false && <Speakers options={options} usual={usual} onChange={change} />}
      <Select
        label={text.video}
        hint={whole ? text.wholeHint : text.soundHint}
        value={whole ? 'whole' : 'sound'}
        onChange={(event) => onChange({ options, whole: event.target.value === 'whole' })}
      >
        <option value="sound">{text.sound}</option>
        <option value="whole">{text.wholeFile}</option>
      </Select>
      <Select
        label={text.track}
        hint={text.trackHint}
        value={options.audio_track ?? ''}
        onChange={(event) => change({ audio_track: event.target.value || null })}
      >
        <option value="">{text.trackAuto}</option>
        <option value="speech">{text.trackSpeech}</option>
        <option value="each">{text.trackEach}</option>
        {TRACK_NUMBERS.map((number) => (
          <option key={number} value={number}>
            {text.trackNumber(number)}
          </option>
        ))}
      </Select>
      <div className="sm:col-span-2">
        <Input
          label={text.words}
          hint={text.wordsHint}
          maxLength={400}
          value={options.hotwords ?? ''}
          onChange={(event) => change({ hotwords: event.target.value || null })}
        />
      </div>
    </div>
  )
}

interface SecondProps {
  config: ServerConfig
  chosen: string | null
  onChange: (part: Partial<Options>) => void
}

/** Not shown where the server has nobody to ask. */
function SecondOpinion({ config, chosen, onChange }: SecondProps) {
  const text = useSettingsWords()
  const choices = secondChoices(config)
  if (choices.length === 0) return null
  return (
    <Select
      label={text.second}
      hint={text.secondHint}
      value={chosen ?? ''}
      onChange={(event) => onChange({ second_opinion: event.target.value || null })}
    >
      <option value="">{config.second_opinion ? text.usual(config.second_opinion) : text.secondNone}</option>
      {choices.map((name) => (
        <option key={name} value={name}>
          {name === 'none' ? text.secondNone : name}
        </option>
      ))}
    </Select>
  )
}

interface SpeakersProps {
  options: Options
  usual: boolean
  onChange: (part: Partial<Options>) => void
}

function Speakers({ options, usual, onChange }: SpeakersProps) {
  const text = useSettingsWords()
  const kind = speakersOf(options, usual)
  const none = { diarize: true, num_speakers: null, min_speakers: null, max_speakers: null }
  const choose = (value: string): void => {
    if (value === 'exact') onChange({ ...none, num_speakers: 2 })
    else if (value === 'range') onChange({ ...none, min_speakers: 2, max_speakers: 4 })
    else onChange({ ...none, diarize: value === 'any' })
  }
  const number = (label: string, value: number | null, set: (value: number) => void) => (
    <Input
      type="number"
      label={label}
      min={1}
      max={50}
      value={value ?? ''}
      onChange={(event) => {
        const said = Math.round(Number(event.target.value))
        if (said >= 1 && said <= 50) set(said)
      }}
    />
  )
  const { num_speakers: exact, min_speakers: least, max_speakers: most } = options
  return (
    <>
      <Select label={text.speakers} value={kind} onChange={(event) => choose(event.target.value)}>
        <option value="off">{text.speakersOff}</option>
        <option value="any">{text.speakersAny}</option>
        <option value="exact">{text.speakersExact}</option>
        <option value="range">{text.speakersRange}</option>
      </Select>
      {kind === 'exact' && number(text.number, exact, (value) => onChange({ num_speakers: value }))}
      {kind === 'range' && (
        <div className="grid grid-cols-2 gap-2">
          {number(text.least, least, (value) =>
            onChange({ min_speakers: value, max_speakers: Math.max(value, most ?? value) }),
          )}
          {number(text.most, most, (value) =>
            onChange({ max_speakers: value, min_speakers: Math.min(value, least ?? value) }),
          )}
        </div>
      )}
      {channelsMatter(options, usual) && (
        <Select
          label={text.channels}
          hint={text.channelsHint}
          value={options.channels ?? ''}
          onChange={(event) => onChange({ channels: (event.target.value || null) as Options['channels'] })}
        >
          <option value="">{text.channelsAuto}</option>
          <option value="dialogue">{text.channelsDialogue}</option>
          <option value="mono">{text.channelsMono}</option>
        </Select>
      )}
    </>
  )
}
