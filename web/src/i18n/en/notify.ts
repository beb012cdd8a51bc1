import { notificationEn } from './notification.ts'

export const notifyEn = {
  ...notificationEn,
  question: 'Tell you when a transcription is ready?',
  whileOpen: 'As long as this page is open in any tab.',
  evenClosed: 'Even when this page is closed.',
  turnOn: 'Turn on',
  notNow: 'Not now',
  isOn: 'You will be told when a transcription is ready, as long as this page is open in any tab.',
  isOnClosed: 'You will be told when a transcription is ready, even when this page is closed.',
  denied: 'The browser blocks notifications of this page. To allow them, click the icon beside the address.',
  toggle: 'Tell me when a transcription is ready',
  good: 'OK',
}
