import { summed } from '@/backend/deletion.ts'
import { date } from '@/i18n/format.ts'
import { useLanguage } from '@/i18n/language.ts'
import { clearAndGo } from '@/sign_in/leave.ts'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { saveFile } from '@/ui/save_file.ts'
import type { Farewell } from './delete_account.tsx'
import { useWords } from './words.ts'

/** What was deleted and what stays until when. It is told this once. */
export function Deleted({ all, next }: Farewell) {
  const words = useWords()
  const locale = useLanguage()
  const { recordings, rows, files, unfinished, kept } = summed(all)
  const names: Partial<Record<string, string>> = words.deletedWhat
  const done = (): void => void clearAndGo(next)
  const save = (): void => saveFile(new Blob([JSON.stringify(all, null, 2)], { type: 'application/json' }), 'aisubs-deleted.json')
  return (
    <Dialog title={words.deletedTitle} onClose={done} wide>
      <p className="mt-3 text-sm">{words.deletedAbout(recordings, files, rows)}</p>
      <p className="mt-3 text-sm">{words.deletedAll}</p>
      {unfinished > 0 && <p className="mt-3 text-sm text-warn">{words.deletedNotYet(unfinished)}</p>}
      {kept.length > 0 && (
        <>
          <h3 className="mt-4 text-sm font-semibold">{words.deletedKept}</h3>
          <ul className="mt-1 list-disc pl-5 text-sm">
            {kept.map(({ what, until }) => {
              const name = names[what] ?? words.deletedElse
              return <li key={what}>{until === null ? name : words.deletedKeptUntil(name, date(locale, until))}</li>
            })}
          </ul>
        </>
      )}
      <div className="mt-6 flex flex-wrap justify-end gap-2">
        {all.length > 0 && <Button onClick={save}>{words.deletedSave}</Button>}
        <Button kind="primary" onClick={done}>
          {words.deletedDone}
        </Button>
      </div>
    </Dialog>
  )
}
