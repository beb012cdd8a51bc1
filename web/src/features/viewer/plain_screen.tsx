import { Link } from 'wouter'
import { useText } from '@/i18n/language.ts'
import { buttonClass } from '@/ui/button.tsx'

/** A screen with nothing to see yet, or nothing at all. */
export function PlainScreen({ title, line }: { title: string; line: string }) {
  const { app } = useText()
  return (
    <div className="mx-auto max-w-[45rem] p-6">
      <h1 className="text-xl font-semibold">{title}</h1>
      <p className="mt-4 text-muted">{line}</p>
      <p className="mt-4">
        <Link href="/" className={buttonClass()}>
          {app.home}
        </Link>
      </p>
    </div>
  )
}
