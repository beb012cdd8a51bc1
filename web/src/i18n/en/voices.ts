export const voicesEn = {
  title: 'Known voices',
  isIt: (speaker: string, name: string, likeness: string) => `${speaker}: is this ${name}? (${likeness})`,
  yes: 'Yes',
  no: 'No',
  accepted: (name: string) => `Now called ${name}`,
  declined: 'Not suggested any more',
  remember: 'Recognise people whom I have named',
  whatItIs:
    'What is kept of a voice then is biometric data: ask the people. It goes when you forget the voice, delete the recording or switch this off.',
  knownFrom: (name: string, n: number) => `${name} · ${n === 1 ? '1 recording' : `${n} recordings`}`,
  forget: 'Forget',
  forgetWhom: (name: string) => `Forget the voice of ${name}`,
  forgotten: (name: string) => `The voice of ${name} is forgotten`,
}
