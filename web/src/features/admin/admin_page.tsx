import { useCallback, useEffect, useState } from 'react'
import { Link } from 'wouter'
import { doToJob, line, type Line, type SenderUsage, setPaused, usageOfAll } from '@/backend/admin.ts'
import { asBackendError, type BackendError } from '@/backend/backend.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { tell } from '@/ui/announcer.tsx'
import { Button, buttonClass } from '@/ui/button.tsx'
import { useIdentity, useServices } from '../services.ts'
import { JobList, PARTS } from './job_list.tsx'
import { UsageTable } from './usage_table.tsx'
import { useWords } from './words.ts'

const ASK_EVERY_MS = 5_000

/** `/admin`: the line, and what each account uses, for whoever runs the server. */
export function AdminPage() {
  const words = useWords()
  const text = useText()
  const { apiUrl } = useServices()
  const { kind, token } = useIdentity()
  const { shown, fault, act } = useAdmin(kind === 'browser' ? null : token)
  if (kind === 'browser' || token === null || fault?.code === 'not_admin') return <NotAdmin signedIn={kind !== 'browser'} />
  return (
    <div className="mx-auto grid max-w-[64rem] grid-cols-1 gap-6 p-4 sm:py-8">
      <div>
        <h1 className="text-2xl font-semibold">{words.title}</h1>
        <p className="mt-1 text-sm text-muted">{words.about}</p>
      </div>
      {fault && (
        <p role="alert" className="text-sm text-danger">
          {errorText(text, fault.code, fault.message)}
        </p>
      )}
      {shown && (
        <>
          <Pause
            paused={shown.line.paused}
            onChange={(paused) => void act(() => setPaused(apiUrl, token, paused), paused ? words.pausedNow : words.resumedNow)}
          />
          {PARTS.map((part) => (
            <JobList key={part} part={part} all={shown.line.jobs} onDeed={(id, deed) => void act(() => doToJob(apiUrl, token, id, deed), words.deeds[deed])} />
          ))}
          <UsageTable all={shown.usage} token={token} act={act} />
        </>
      )}
    </div>
  )
}

function Pause({ paused, onChange }: { paused: boolean; onChange: (paused: boolean) => void }) {
  const words = useWords()
  return (
    <div className="flex flex-wrap items-center gap-3 rounded-card border border-line bg-surface p-4">
      <p className={`min-w-0 flex-1 basis-60 text-sm ${paused ? 'text-warn' : 'text-muted'}`}>{paused ? words.paused : words.pauseAbout}</p>
      <Button kind={paused ? 'primary' : 'plain'} onClick={() => onChange(!paused)}>
        {paused ? words.resume : words.pause}
      </Button>
    </div>
  )
}

function NotAdmin({ signedIn }: { signedIn: boolean }) {
  const words = useWords()
  return (
    <div className="mx-auto grid max-w-[32rem] justify-items-start gap-4 px-4 py-12">
      <h1 className="text-xl font-semibold">{words.notAdmin}</h1>
      {!signedIn && (
        <Link href="/sign-in?to=/admin" className={buttonClass('primary')}>
          {words.signIn}
        </Link>
      )}
    </div>
  )
}

/** Does something and asks anew; true once it is done, which is said. */
export type Act = (step: () => Promise<void>, done: string) => Promise<boolean>

interface Shown {
  line: Line
  usage: SenderUsage[]
}

/** Asked every few seconds, as long as somebody looks. `token` null: nobody is signed in. */
function useAdmin(token: string | null): { shown: Shown | null; fault: BackendError | null; act: Act } {
  const { apiUrl } = useServices()
  const [shown, setShown] = useState<Shown | null>(null)
  const [fault, setFault] = useState<BackendError | null>(null)
  const look = useCallback(async (): Promise<void> => {
    if (token === null) return
    try {
      const [now, usage] = await Promise.all([line(apiUrl, token), usageOfAll(apiUrl, token)])
      setShown({ line: now, usage })
      setFault(null)
    } catch (error) {
      setFault(asBackendError(error))
    }
  }, [apiUrl, token])
  useEffect(() => {
    // What it learns comes with the server's answer.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    void look()
    const timer = setInterval(() => document.visibilityState === 'visible' && void look(), ASK_EVERY_MS)
    return () => clearInterval(timer)
  }, [look])
  const act: Act = async (step, done) => {
    try {
      await step()
      tell(done)
    } catch (error) {
      setFault(asBackendError(error))
      return false
    }
    await look()
    return true
  }
  return { shown, fault, act }
}
