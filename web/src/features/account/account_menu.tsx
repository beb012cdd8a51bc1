import { CircleUserRound, LogIn } from 'lucide-react'
import { Link, useLocation } from 'wouter'
import { ownPath } from '@/sign_in/begun.ts'
import { buttonClass } from '@/ui/button.tsx'
import { menuItemClass, Popover } from '@/ui/popover.tsx'
import { useIdentity } from '../services.ts'
import { SignOut } from './sign_out.tsx'
import { useAccount } from './use_account.ts'
import { useWords } from './words.ts'

/** Who is signed in and what is theirs; or the way in. */
export function AccountMenu() {
  const words = useWords()
  const { kind } = useIdentity()
  const [path] = useLocation()
  const { account } = useAccount()
  if (kind === 'browser') {
    return (
      <Link href={`/sign-in?to=${encodeURIComponent(ownPath(path + location.search))}`} aria-label={words.signIn} className={`${buttonClass('quiet')} max-sm:px-2.5`}>
        <LogIn aria-hidden className="size-4" />
        <span className="max-sm:hidden">{words.signIn}</span>
      </Link>
    )
  }
  const name = kind === 'machine' ? words.machine : (account?.name ?? account?.email ?? words.someone)
  return (
    <Popover label={<CircleUserRound aria-hidden className="size-4" />} name={words.menu(name)} kind="quiet">
      {(close) => (
        <div className="grid">
          <p className="truncate px-3 py-2 text-sm font-semibold">{name}</p>
          <Link href="/account" className={menuItemClass} onClick={close}>
            {words.account}
          </Link>
          {account?.admin && (
            <Link href="/admin" className={menuItemClass} onClick={close}>
              {words.admin}
            </Link>
          )}
          <SignOut className={menuItemClass} />
        </div>
      )}
    </Popover>
  )
}
