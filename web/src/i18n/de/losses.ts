import type { lossesEn } from '../en/losses.ts'
import type { Words } from '../words.ts'

export const lossesDe: Words<typeof lossesEn> = {
  noSpeech: 'In dieser Aufnahme wurde keine Sprache gefunden.',
  unclear: (time) => `${time} Sprache sind unklar`,
  partlyMissing: (time, missing) => `${time} Sprache sind unklar, davon fehlen ${missing} in der Datei`,
  missing: (time) => `${time} Ton fehlen in der Datei`,
  places: (line, places, more) =>
    `${line}: ${places}${more === 0 ? '' : more === 1 ? ' und 1 weitere Stelle' : ` und ${more} weitere Stellen`}.`,
  cut: (time) => `Die Datei endet bei ${time}, vor ihrer Aufnahme.`,
  noSpeakers: 'Die Sprecher ließen sich nicht unterscheiden.',
  unsaid: (words) => `Wörter des Manuskripts, die nicht zu hören waren: ${words}.`,
  listenAt: (place) => `Anhören bei ${place}`,
}
