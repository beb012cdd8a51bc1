import { useEffect, useState } from 'react'
import { copyDe } from '@/i18n/de/copy.ts'
import { copyEn } from '@/i18n/en/copy.ts'
import { type Language, useLanguage } from '@/i18n/language.ts'
import type { Words } from '@/i18n/words.ts'
import { isVideo } from '@/upload/inspect.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { canPick } from '@/upload/picker.ts'
import { forgetCopy, type KeptHandle, keptCopy } from './own_copies.ts'
import { type Choose, OwnCopy } from './player_options.tsx'

const WORDS: Record<Language, Words<typeof copyEn>> = { en: copyEn, de: copyDe }

interface Props {
  jobId: string
  choose: Choose
  /** It was just opened, and is not what is wanted here: it may still be known, and must not be opened again. */
  refused: boolean
  /** Of a recording that is heard without its picture: its name. */
  heard?: string
}

/** The copy that was chosen for this job before: opened at once where the browser allows that, else by one click. */
export function KeptCopy({ jobId, choose, refused, heard }: Props) {
  const words = WORDS[useLanguage()]
  const [kept, setKept] = useState<KeptHandle | null>(null)
  useEffect(() => {
    if (refused) return
    let left = false
    const take = ({ handle, file }: Found): void => (file ? choose(file, handle) : setKept(handle))
    found(jobId).then(
      (it) => it && !left && take(it),
      () => undefined,
    )
    return () => void (left = true)
  }, [jobId, choose, refused])
  const open = async (handle: KeptHandle): Promise<void> => {
    if (((await handle.requestPermission?.({ mode: 'read' })) ?? 'granted') !== 'granted') return
    const file = await fileOf(handle)
    if (file) return choose(file, handle)
    await forgetCopy(jobId)
    setKept(null)
    announce(words.moved(handle.name), 'assertive')
  }
  if (kept) return <Button onClick={() => void open(kept)}>{words.again(kept.name)}</Button>
  if (heard === undefined || !canPick() || !isVideo({ name: heard, type: '' })) return null
  return <OwnCopy onChoose={choose} label={words.showPicture} />
}

interface Found {
  handle: KeptHandle
  /** Null: the browser asks first, or it is not where it was. */
  file: File | null
}

async function found(jobId: string): Promise<Found | null> {
  const handle = await keptCopy(jobId)
  if (!handle) return null
  const allowed = (await handle.queryPermission?.({ mode: 'read' })) ?? 'granted'
  return { handle, file: allowed === 'granted' ? await fileOf(handle) : null }
}

/** Null: it is not where it was. */
const fileOf = (handle: KeptHandle): Promise<File | null> => handle.getFile().catch(() => null)
