import tailwindcss from '@tailwindcss/vite'
import react from '@vitejs/plugin-react'
import { fileURLToPath } from 'node:url'
import { defineConfig, loadEnv } from 'vite'
import { netlifyFiles, originOf, withSocket } from './build-parts/headers.ts'
import { serviceWorker } from './build-parts/service_worker.ts'

export default defineConfig(({ mode }) => {
  const environment = loadEnv(mode, fileURLToPath(new URL('.', import.meta.url)), 'VITE_')
  return {
    plugins: [react(), tailwindcss(), netlifyFiles([...originOf(environment['VITE_API_URL']), ...withSocket(originOf(environment['VITE_SUPABASE_URL']))]), serviceWorker()],
    resolve: { alias: { '@': fileURLToPath(new URL('./src', import.meta.url)) } },
    worker: { format: 'es' },
    build: {
      target: 'es2022',
      manifest: 'manifest.json',
      assetsInlineLimit: 0, // data: addresses of scripts and styles are what the policy forbids
      modulePreload: { polyfill: false }, // it is an inline script
    },
    // `npm run dev` beside a running `aisubs up`.
    server: { proxy: { '/api': 'http://127.0.0.1:8000', '/upload': 'http://127.0.0.1:8000' } },
  }
})
