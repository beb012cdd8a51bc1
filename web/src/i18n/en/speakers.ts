/** The words for who speaks. They come with the viewer, not with the page. */
export const speakersEn = {
  group: 'Who speaks',
  only: 'Only',
  percent: (share: number) => `${share} %`,
  shown: (name: string, n: number, all: number) => `Only ${name}: ${n} of ${all} paragraphs`,
  everybody: 'Show all',
  allShown: 'All paragraphs are shown',
  next: (name: string) => `Next turn of ${name}`,
  previous: (name: string) => `Previous turn of ${name}`,
  noNext: (name: string) => `${name} does not speak again`,
  noPrevious: (name: string) => `${name} has not spoken before`,
  atOnce: 'two speak at once',
  nobody: 'No speaker is known here',

  reach: 'Applies to',
  reaches: { paragraph: 'this paragraph', turn: 'until the speaker changes', onwards: 'all of theirs from here on' },
  reached: (name: string, n: number) => `${n} paragraphs are spoken by ${name}`,

  share: (time: string, percent: string, n: number) => `${time} · ${percent} · ${n === 1 ? '1 paragraph' : `${n} paragraphs`}`,
  mergeWith: (name: string) => `Merge ${name} with`,
  mergeShort: 'Merge with…',

  redo: 'Tell apart anew',
  redoAbout: 'Nothing is transcribed again. Names stay where the voices do.',
  number: 'How many speak',
  asHeard: 'as heard',
  redoing: 'Telling apart…',
  redone: (n: number, kept: readonly string[], lost: readonly string[]) =>
    [
      n === 1 ? 'One person speaks.' : `${n} people speak.`,
      kept.length > 0 && `${kept.join(', ')}: kept the name.`,
      lost.length > 0 && `${lost.join(', ')}: nothing is left.`,
      'Undo brings the former speakers back.',
    ]
      .filter(Boolean)
      .join(' '),
  redoneSame: 'Nothing changed: the speakers are as they were.',
}
