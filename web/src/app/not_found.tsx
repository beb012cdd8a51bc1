import { Link } from 'wouter'
import { useText } from '@/i18n/language.ts'
import { buttonClass } from '@/ui/button.tsx'

export function NotFound() {
  const { app } = useText()
  return (
    <div className="mx-auto max-w-[45rem] p-6">
      <h1 className="text-xl font-semibold">{app.notFound}</h1>
      <p className="mt-4">
        <Link href="/" className={buttonClass()}>
          {app.home}
        </Link>
      </p>
    </div>
  )
}
