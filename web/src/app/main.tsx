import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { ServicesProvider } from '@/features/services.ts'
import { startLanguage } from '@/i18n/language.ts'
import { readConfig } from './config.ts'
import { Misconfigured } from './misconfigured.tsx'
import { watchForNewVersion } from './new_version.ts'
import { startServices } from './services.ts'
import { takeShareToken } from './share_token.ts'
import { Shell } from './shell.tsx'
import './style.css'

const root = document.getElementById('root')
if (root) {
  takeShareToken() // before startServices, which asks the server
  startLanguage()
  watchForNewVersion()
  const config = readConfig(import.meta.env)
  createRoot(root).render(
    <StrictMode>
      {config.ok ? (
        <ServicesProvider value={startServices(config.apiUrl)}>
          <Shell />
        </ServicesProvider>
      ) : (
        <Misconfigured {...config} />
      )}
    </StrictMode>,
  )
}
