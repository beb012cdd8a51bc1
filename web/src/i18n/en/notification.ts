/** What the service worker says; it holds no other words. */
export const notificationEn = {
  subject: {
    completed: (name: string) => `${name} is ready`,
    failed: (name: string) => `${name} could not be transcribed`,
  },
  body: { completed: 'Open the transcript.', failed: 'See what went wrong and what to do.' },
}
