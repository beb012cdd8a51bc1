import { useId, useSyncExternalStore } from 'react'
import { useText } from '@/i18n/language.ts'
import { canNotify } from '@/jobs/notify.ts'
import { useServices } from '../services.ts'

/** For those who said no and changed their mind, and the other way round. */
export function NotifyToggle() {
  const { notify: text } = useText()
  const { notifications, push } = useServices()
  const choice = useSyncExternalStore(notifications.subscribe, notifications.getSnapshot)
  const id = useId()
  if (!canNotify() || Notification.permission === 'denied') return null
  const change = async (on: boolean): Promise<void> => {
    if (on && (await Notification.requestPermission()) !== 'granted') return
    notifications.choose(on ? 'on' : 'off')
    await (on ? push.open() : push.close())
  }
  return (
    <div className="flex min-h-10 items-center gap-2 text-sm">
      <input
        id={id}
        type="checkbox"
        className="size-5 shrink-0 accent-accent"
        checked={choice === 'on' && Notification.permission === 'granted'}
        onChange={(event) => void change(event.target.checked)}
      />
      <label htmlFor={id}>{text.toggle}</label>
    </div>
  )
}
