import type { Messages } from './en.ts'
import { appDe, failureDe } from './de/app.ts'
import { editorDe } from './de/editor.ts'
import { errorsDe } from './errors.de.ts'
import { jobsDe } from './de/jobs.ts'
import { lossesDe } from './de/losses.ts'
import { notifyDe } from './de/notify.ts'
import { shareDe } from './de/share.ts'
import { uploadDe, settingsDe } from './de/upload.ts'
import { viewerDe } from './de/viewer.ts'

export const de: Messages = {
  app: appDe,
  failure: failureDe,
  upload: uploadDe,
  settings: settingsDe,
  jobs: jobsDe,
  viewer: viewerDe,
  editor: editorDe,
  share: shareDe,
  notify: notifyDe,
  losses: lossesDe,
  errors: errorsDe,
}
