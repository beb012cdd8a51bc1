import { useState } from 'react'
import { useLocation } from 'wouter'
import { useText } from '@/i18n/language.ts'
import type { Entered, Project, SupabaseSignIn } from '@/sign_in/supabase.ts'
import { announce, tell } from '@/ui/announcer.tsx'
import { useServices } from '../services.ts'
import { enter, loadSupabase } from './entering.ts'
import { faultWords } from './fault_words.ts'
import { useWords } from './words.ts'

/** Gives a token, or nothing: then a mail is on its way, or the page is being left. */
export type Step = (client: SupabaseSignIn) => Promise<Entered | null>

export interface Progress {
  busy: boolean
  fault: string | null
  /** Whom a mail was sent. */
  sent: string | null
}

const IDLE: Progress = { busy: false, fault: null, sent: null }

/** Does a step with Supabase Auth; who gets a token by it is signed in, and goes on at `to`. */
export function useSupabase(project: Project, to: string): { progress: Progress; act: (step: Step, mailTo?: string) => Promise<void> } {
  const words = useWords()
  const text = useText()
  const services = useServices()
  const [, navigate] = useLocation()
  const [progress, setProgress] = useState(IDLE)
  const act = async (step: Step, mailTo?: string): Promise<void> => {
    setProgress({ ...IDLE, busy: true })
    try {
      const { SupabaseSignIn } = await loadSupabase()
      const client = new SupabaseSignIn(project)
      const entered = await step(client)
      if (entered) {
        await enter(services, client, entered)
        tell(words.signedIn)
        return navigate(to, { replace: true })
      }
      if (mailTo !== undefined) announce(words.sent(mailTo))
      setProgress({ ...IDLE, sent: mailTo ?? null })
    } catch (fault) {
      setProgress({ ...IDLE, fault: faultWords(fault, words, text).line })
    }
  }
  return { progress, act }
}
