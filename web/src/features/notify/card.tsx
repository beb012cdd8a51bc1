import { Bell } from 'lucide-react'
import { useState } from 'react'
import { useText } from '@/i18n/language.ts'
import { announce } from '@/ui/announcer.tsx'
import { Button } from '@/ui/button.tsx'
import { useServerConfig, useServices } from '../services.ts'

/** Promises what this server and this browser can do, and no more. */
export function NotifyCard({ onDone }: { onDone: () => void }) {
  const { notify: text } = useText()
  const { notifications, push } = useServices()
  const config = useServerConfig()
  const [answer, setAnswer] = useState<string | null>(null)
  const hasPush = config?.push != null && 'PushManager' in globalThis
  const say = (sentence: string): void => {
    setAnswer(sentence)
    announce(sentence)
  }
  const turnOn = async (): Promise<void> => {
    const permission = await Notification.requestPermission()
    if (permission === 'default') return // closed without an answer: they may be asked again
    notifications.choose(permission === 'granted' ? 'on' : 'off')
    if (permission === 'denied') return say(text.denied)
    say((await push.open()) ? text.isOnClosed : text.isOn)
  }
  return (
    <section aria-labelledby="notify-question" className="mb-4 rounded-card border border-line bg-soft p-4 text-sm">
      {answer === null ? (
        <>
          <h3 id="notify-question" className="flex items-center gap-2 font-semibold">
            <Bell aria-hidden className="size-4 shrink-0 text-accent" />
            {text.question}
          </h3>
          <p className="mt-1">{hasPush ? text.evenClosed : text.whileOpen}</p>
          <div className="mt-3 flex gap-2">
            <Button small kind="primary" onClick={() => void turnOn()}>
              {text.turnOn}
            </Button>
            <Button small onClick={() => (notifications.choose('off'), onDone())}>
              {text.notNow}
            </Button>
          </div>
        </>
      ) : (
        <>
          <p id="notify-question">{answer}</p>
          <Button small className="mt-3" onClick={onDone}>
            {text.good}
          </Button>
        </>
      )}
    </section>
  )
}
