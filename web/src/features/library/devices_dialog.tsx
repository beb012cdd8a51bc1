import { useCallback, useEffect, useState } from 'react'
import { asBackendError, type BackendError } from '@/backend/backend.ts'
import { type Device, devices, endDevice, type SignInLink, signInLink } from '@/backend/library.ts'
import { errorText, useText } from '@/i18n/language.ts'
import { Button } from '@/ui/button.tsx'
import { Dialog } from '@/ui/dialog.tsx'
import { useServices } from '../services.ts'
import { CopyField } from './copy_field.tsx'
import { DeviceRow } from './device_row.tsx'
import { Qr } from './qr.tsx'
import { useWords } from './words.ts'

/** The devices that the machine's owner is signed in on, and the way to another one. */
export function DevicesDialog({ token, onClose }: { token: string; onClose: () => void }) {
  const words = useWords()
  const text = useText()
  const { apiUrl, identity, backend } = useServices()
  const [link, setLink] = useState<SignInLink | null>(null)
  const [all, setAll] = useState<Device[]>([])
  const [fault, setFault] = useState<BackendError | null>(null)
  const load = useCallback(async (): Promise<void> => {
    try {
      setAll(await devices(apiUrl, token))
      setLink(await signInLink(apiUrl, token))
      setFault(null)
    } catch (error) {
      setFault(asBackendError(error))
    }
  }, [apiUrl, token])
  useEffect(() => {
    // What it learns comes with the server's answer.
    // eslint-disable-next-line react-hooks/set-state-in-effect
    void load()
  }, [load])
  const leave = async (everywhere: boolean): Promise<void> => {
    try {
      const { clearAndGo } = await import('@/sign_in/leave.ts') // needed once the session is over, so it comes first
      if (everywhere) await backend.signOutEverywhere(token)
      await identity.signOut()
      await clearAndGo(location.pathname)
    } catch (error) {
      setFault(asBackendError(error))
    }
  }
  const end = async (id: string): Promise<void> => {
    await endDevice(apiUrl, token, id).catch((error: unknown) => setFault(asBackendError(error)))
    await load()
  }
  return (
    <Dialog wide title={words.devices} onClose={onClose}>
      <p className="mt-2 text-sm text-muted">{words.devicesAbout}</p>
      <ul className="mt-3 divide-y divide-line rounded-card border border-line">
        {all.map((device) => (
          <DeviceRow key={device.session_id} device={device} onEnd={() => void (device.current ? leave(false) : end(device.session_id))} />
        ))}
      </ul>
      {link && (
        <section className="mt-5 border-t border-line pt-4">
          <h3 className="text-base font-semibold">{words.another}</h3>
          <p className="mt-1 text-sm text-muted">{link.reach === 'machine' ? words.machineOnly : words.anotherAbout}</p>
          <div className="mt-3 flex flex-wrap items-start gap-4">
            {link.reach === 'network' && <Qr text={link.url} label={words.qr} />}
            <div className="grid min-w-0 flex-1 basis-56 gap-2">
              <CopyField label={words.link} value={link.url} />
              <p className="text-sm text-warn">{words.secret}</p>
            </div>
          </div>
        </section>
      )}
      {fault && (
        <p role="alert" className="mt-4 text-sm text-danger">
          {errorText(text, fault.code, fault.message)}
        </p>
      )}
      <details className="mt-5 border-t border-line pt-3 text-sm">
        <summary className="min-h-8 max-sm:min-h-11">{words.signOutAll}</summary>
        <p className="my-2 text-muted">{words.signOutAllText}</p>
        <Button kind="danger" onClick={() => void leave(true)}>
          {words.signOutAll}
        </Button>
      </details>
      <div className="mt-5 flex justify-end">
        <Button onClick={onClose}>{text.app.close}</Button>
      </div>
    </Dialog>
  )
}
