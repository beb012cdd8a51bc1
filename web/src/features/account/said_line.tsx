import { X } from 'lucide-react'
import { useEffect } from 'react'
import { Link, useLocation } from 'wouter'
import type { Said } from '@/library/identity.ts'
import { useText } from '@/i18n/language.ts'
import { ownPath } from '@/sign_in/begun.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button, buttonClass } from '@/ui/button.tsx'
import { cx } from '@/ui/cx.ts'
import { useServices } from '../services.ts'
import { useWords } from './words.ts'

/** What has become of a sign-in, and for whom a session ended, the way back to where they were. */
export function SaidLine({ said }: { said: NonNullable<Said> }) {
  const words = useWords()
  const { app } = useText()
  const { identity } = useServices()
  const [path] = useLocation()
  const line = words.said[said]
  const bad = said !== 'signed-in'
  useEffect(() => announce(line, bad ? 'assertive' : 'polite'), [line, bad])
  return (
    <p className="flex flex-wrap items-center justify-center gap-2 border-b border-line bg-soft px-4 py-1 text-sm print:hidden">
      <span className={cx(bad && 'text-warn')}>{line}</span>
      {said === 'expired' && (
        <Link href={`/sign-in?to=${encodeURIComponent(ownPath(path + location.search))}`} className={buttonClass('plain', true)} onClick={() => identity.heard()}>
          {words.signIn}
        </Link>
      )}
      <Button small kind="quiet" aria-label={app.dismiss} onClick={() => identity.heard()}>
        <X aria-hidden className="size-4" />
      </Button>
    </p>
  )
}
