import { type Social, SOCIAL } from '@/sign_in/social.ts'
import type { Project } from '@/sign_in/supabase.ts'
import { Button } from '@/ui/button.tsx'
import { MailForm } from './mail_form.tsx'
import { useSupabase } from './use_supabase.ts'
import { useWords } from './words.ts'

/** A password, a link by mail, or an account elsewhere: those that the project offers. */
export function SupabaseForms({ project, to }: { project: Project; to: string }) {
  const words = useWords()
  const { providers } = project
  const { progress, act } = useSupabase(project, to)
  const social = SOCIAL.filter((one) => providers.includes(one))
  const byMail = providers.includes('password') || providers.includes('magic_link')
  const go = (provider: Social): Promise<void> =>
    act(async (client) => {
      location.assign(await client.social(provider, to))
      return null
    })
  return (
    <div className="grid gap-4">
      {byMail && <MailForm providers={providers} progress={progress} act={act} to={to} />}
      {byMail && social.length > 0 && <p className="text-center text-sm text-muted">{words.or}</p>}
      {social.map((one) => (
        <Button key={one} disabled={progress.busy} onClick={() => void go(one)}>
          {words.continueWith(words.social[one])}
        </Button>
      ))}
    </div>
  )
}
