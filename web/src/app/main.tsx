import { StrictMode, Suspense } from 'react'
import { createRoot } from 'react-dom/client'
import { ServicesProvider } from '@/features/services.ts'
import { startLanguage } from '@/i18n/language.ts'
import { followLeaving, isLeaving } from '@/sign_in/leaving.ts'
import { lazyChunk } from '@/ui/lazy_chunk.ts'
import { readConfig } from './config.ts'
import { watchForNewVersion } from './new_version.ts'
import { startServices } from './services.ts'
import { takeShareToken } from './share_token.ts'
import { Shell } from './shell.tsx'
import './style.css'

const Misconfigured = lazyChunk(() => import('./misconfigured.tsx'), 'Misconfigured')

const root = document.getElementById('root')
// No `await` out here: the chunks that import this one would wait for it, and it for them.
if (root) void start(root)

async function start(element: HTMLElement): Promise<void> {
  if (isLeaving()) await clear().catch(console.error) // without its part the page still opens, and is asked again next time
  followLeaving()
  takeShareToken() // before startServices, which asks the server
  const config = readConfig(import.meta.env)
  const services = config.ok ? startServices(config) : null
  watchForNewVersion()
  await startLanguage()
  createRoot(element).render(
    <StrictMode>
      {services ? (
        <ServicesProvider value={services}>
          <Shell />
        </ServicesProvider>
      ) : (
        !config.ok && (
          <Suspense>
            <Misconfigured {...config} />
          </Suspense>
        )
      )}
    </StrictMode>,
  )
}

/** Before anything reads what somebody has left who signed out. */
async function clear(): Promise<void> {
  const { clearBrowser } = await import('@/sign_in/leave.ts')
  await clearBrowser()
}
