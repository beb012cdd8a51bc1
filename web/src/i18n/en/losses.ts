/** What a transcript does not tell. */
export const lossesEn = {
  noSpeech: 'No speech was found in this recording.',
  unclear: (time: string) => `${time} of speech is unclear`,
  partlyMissing: (time: string, missing: string) => `${time} of speech is unclear, ${missing} of it missing in the file`,
  missing: (time: string) => `${time} of sound is missing in the file`,
  places: (line: string, places: string, more: number) =>
    `${line}: ${places}${more === 0 ? '' : more === 1 ? ' and 1 more place' : ` and ${more} more places`}.`,
  cut: (time: string) => `The file ends at ${time}, before its recording does.`,
  noSpeakers: 'The speakers could not be told apart.',
  unsaid: (words: number) => `Words of the script that were not heard: ${words}.`,
  listenAt: (place: string) => `Listen at ${place}`,
}
