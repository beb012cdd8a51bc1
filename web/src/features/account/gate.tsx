import { LogIn } from 'lucide-react'
import { Link } from 'wouter'
import { buttonClass } from '@/ui/button.tsx'
import { useWords } from './words.ts'

/** Instead of the place for files, where nobody may send any who has not signed in: better now than after one was chosen. */
export function Gate() {
  const words = useWords()
  return (
    <div className="grid justify-items-center gap-3 rounded-card border border-line bg-surface px-4 py-10 text-center">
      <LogIn aria-hidden className="size-8 text-accent" />
      <p className="text-base font-semibold">{words.signInNeeded}</p>
      <Link href="/sign-in" className={buttonClass('primary')}>
        {words.signIn}
      </Link>
    </div>
  )
}
