/** What the service worker says; it holds no other words. */
export const notificationEn = {
  subject: {
    completed: (name: string) => `${name} is ready`,
    failed: (name: string) => `${name} could not be transcribed`,
  },
  silent: 'Nobody speaks in it.',
  unclear: (time: string) => `${time} of speech is unclear.`,
  cut: (time: string) => `The file ends too early, at ${time}.`,
  speakers: 'The speakers could not be told apart.',
  body: { completed: 'Open the transcript.', failed: 'See what went wrong and what to do.' },
}
