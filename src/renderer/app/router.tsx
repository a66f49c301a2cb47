import {
  createHashHistory,
  createRootRoute,
  createRoute,
  createRouter,
  lazyRouteComponent,
  redirect,
} from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useLayout } from '#renderer/state/layout.ts'
import { Page } from '#renderer/ui/page/page.tsx'
import { ErrorState, LoadingState } from '#renderer/ui/page/states.tsx'
import { useHref } from './address.ts'
import type { Feature } from './feature.ts'
import { screensOf, startPath } from './navigation.ts'
import { parseSearch, stringifySearch } from './search-params.ts'
import { Shell } from './shell/shell.tsx'

/**
 * The addresses of the application, made from what the features bring. They stand behind `#`, because the
 * page comes from `app://` or from a host that knows one page only.
 */
export function createAppRouter(features: readonly Feature[]) {
  const root = createRootRoute({
    component: () => <Shell features={features} />,
    notFoundComponent: () => <NotFound start={startPath(features)} />,
    errorComponent: ({ error, reset }) => <PageFailed error={error} onRetry={reset} />,
  })
  const start = createRoute({
    getParentRoute: () => root,
    path: '/',
    beforeLoad: () => {
      const { lastScreen } = useLayout.getState()
      throw redirect({ to: startPath(features, lastScreen) as string, replace: true })
    },
  })
  const screens = screensOf(features).map(screen =>
    createRoute({
      getParentRoute: () => root,
      path: screen.path,
      component: lazyRouteComponent(async () => ({ default: await screen.load() })),
      errorComponent: ({ error, reset }) => <PageFailed error={error} onRetry={reset} />,
      pendingComponent: () => <LoadingState />,
    }),
  )
  return createRouter({
    routeTree: root.addChildren([start, ...screens]),
    history: createHashHistory(),
    parseSearch,
    stringifySearch,
    defaultPreload: 'intent',
    defaultPendingMs: 200,
    scrollRestoration: false,
  })
}

function NotFound({ start }: { readonly start: string }) {
  const { t } = useTranslation()
  const href = useHref(start)
  return (
    <Page title={t('shell.notFound.title')} text>
      <p>{t('shell.notFound.text')}</p>
      <p>
        <a href={href}>{t('shell.notFound.back')}</a>
      </p>
    </Page>
  )
}

function PageFailed({ error, onRetry }: { readonly error: unknown; readonly onRetry: () => void }) {
  const { t } = useTranslation()
  return <ErrorState error={error} title={t('ui.error.page')} onRetry={onRetry} />
}
