import { useCallback } from 'react'
import { devices, endDevice } from '@/backend/library.ts'
import { DeviceRow } from '../library/device_row.tsx'
import { useServices } from '../services.ts'
import { useAsked } from './use_asked.ts'

/** Where somebody is signed in. This browser itself signs out by its own button, which clears it too. */
export function Devices({ token }: { token: string }) {
  const { apiUrl } = useServices()
  const { found, fault, act } = useAsked(useCallback(() => devices(apiUrl, token), [apiUrl, token]))
  return (
    <>
      {found && (
        <ul className="divide-y divide-line rounded-card border border-line">
          {found.map((device) => (
            <DeviceRow
              key={device.session_id}
              device={device}
              {...(device.current ? {} : { onEnd: () => void act(() => endDevice(apiUrl, token, device.session_id)) })}
            />
          ))}
        </ul>
      )}
      {fault && <p className="text-sm text-danger">{fault}</p>}
    </>
  )
}
