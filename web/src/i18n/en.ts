/** Every word of the page in English, a file for each part. `Messages` is its type, so a language that lacks one does not
 *  compile. */
import type { Words } from './words.ts'
import { appEn, failureEn } from './en/app.ts'
import { editorEn } from './en/editor.ts'
import { errorsEn } from './errors.en.ts'
import { jobsEn } from './en/jobs.ts'
import { lossesEn } from './en/losses.ts'
import { notifyEn } from './en/notify.ts'
import { shareEn } from './en/share.ts'
import { uploadEn, settingsEn } from './en/upload.ts'
import { viewerEn } from './en/viewer.ts'

export const en = {
  app: appEn,
  failure: failureEn,
  upload: uploadEn,
  settings: settingsEn,
  jobs: jobsEn,
  viewer: viewerEn,
  editor: editorEn,
  share: shareEn,
  notify: notifyEn,
  losses: lossesEn,
  errors: errorsEn,
}

export type Messages = Words<typeof en>
