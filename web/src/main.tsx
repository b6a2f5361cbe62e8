import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Providers } from './app/providers'
import { router } from './app/router'
import { startTheme } from './app/theme'
import { whenSignedOut } from './lib/api'
import { startI18n, startLanguage } from './lib/i18n'
import { queryClient } from './lib/query'
import { disconnect } from './lib/realtime'
import './app/base.css'

startTheme()
whenSignedOut(() => {
  if (location.pathname === '/sign-in') return
  disconnect()
  void router.navigate({ to: '/sign-in', search: { next: router.state.location.href } })
})

await startI18n(startLanguage())
const root = document.getElementById('root')
if (!root) throw new Error('index.html has no #root')
createRoot(root).render(
  <StrictMode>
    <QueryClientProvider client={queryClient}>
      <Providers>
        <RouterProvider router={router} />
      </Providers>
    </QueryClientProvider>
  </StrictMode>,
)
