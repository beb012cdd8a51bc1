import { useText } from '@/i18n/language.ts'

export function Misconfigured({ name, problem }: { name: string; problem: string }) {
  const { app } = useText()
  return (
    <main className="mx-auto max-w-[45rem] p-6">
      <h1 className="text-2xl font-semibold">{app.misconfigured}</h1>
      <p className="mt-4">
        <code>{app.misconfiguredVar(name, problem)}</code>
      </p>
      <p className="mt-2 text-muted">{app.misconfiguredHint}</p>
    </main>
  )
}
