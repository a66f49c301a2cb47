import { QueryClientProvider } from '@tanstack/react-query'
import { RouterProvider } from '@tanstack/react-router'
import type { i18n } from 'i18next'
import { lazy, Suspense } from 'react'
import { I18nextProvider } from 'react-i18next'
import { ToastProvider } from '#renderer/ui/overlay/toast.tsx'
import { ThemeProvider } from '#renderer/ui/theme/theme-provider.tsx'
import type { Core } from './core/core.ts'
import { CoreContext } from './core/hooks.ts'
import type { createAppRouter } from './router.tsx'
import { Gate } from './shell/gate.tsx'

const FirstRun = lazy(async () => ({
  default: (await import('#renderer/features/workspace/first-run/first-run-page.tsx')).FirstRunPage,
}))

/** Everything that the pages stand in. */
export function App(props: {
  readonly core: Core
  readonly words: i18n
  readonly router: ReturnType<typeof createAppRouter>
}) {
  return (
    <I18nextProvider i18n={props.words}>
      <ThemeProvider>
        <QueryClientProvider client={props.core.queries}>
          <CoreContext value={props.core}>
            <ToastProvider>
              <Gate
                first={
                  <Suspense>
                    <FirstRun />
                  </Suspense>
                }
              >
                <RouterProvider router={props.router} />
              </Gate>
            </ToastProvider>
          </CoreContext>
        </QueryClientProvider>
      </ThemeProvider>
    </I18nextProvider>
  )
}
