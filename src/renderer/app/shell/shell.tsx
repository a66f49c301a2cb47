import { IconSearch } from '@tabler/icons-react'
import { Outlet, useLocation } from '@tanstack/react-router'
import { useEffect, useMemo, useRef, useState } from 'react'
import { useTranslation } from 'react-i18next'
import { useLayout } from '#renderer/state/layout.ts'
import { usePalette } from '#renderer/state/palette.ts'
import { type BoundAction, bindAction, defineAction } from '#renderer/ui/actions/action.ts'
import { useActions, useRunAction } from '#renderer/ui/actions/use-actions.tsx'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import { periodToText } from '#renderer/ui/format/period.ts'
import { useShownTheme } from '#renderer/ui/theme/theme-provider.tsx'
import { useAddress, useGo } from '../address.ts'
import type { Feature } from '../feature.ts'
import { screenAt, screensOf } from '../navigation.ts'
import { PERIOD_PARAM, periodOf, useKeptPeriod } from '../period.ts'
import { Bell } from './bell.tsx'
import { DemoMenu } from './demo-menu.tsx'
import { useDesktop } from './desktop-bridge.ts'
import { Palette } from './palette.tsx'
import { PeriodPicker } from './period-picker.tsx'
import { PersonMenu } from './person-menu.tsx'
import { Rail } from './rail.tsx'
import { useMay, useSession } from './session.ts'
import classes from './shell.module.css'
import { shellActions } from './shell-actions.ts'
import { ShortcutsDialog } from './shortcuts-dialog.tsx'
import { StatusStrip } from './status-strip.tsx'
import { useGlobalKeys } from './use-global-keys.ts'
import { useOffered } from './use-offered.ts'

/** The frame round every page: rail, top bar, page, status strip. */
export function Shell({ features: everyFeature }: { readonly features: readonly Feature[] }) {
  const { t } = useTranslation()
  const { workspace } = useSession()
  const collapsed = useLayout(state => state.railCollapsed)
  const setPalette = usePalette(state => state.set)
  const shown = useShownTheme()
  const run = useRunAction()
  const go = useGo()
  const [periodOpen, setPeriodOpen] = useState(false)
  const main = useRef<HTMLElement>(null)
  const features = useAllowed(everyFeature)

  const own = useMemo(() => shellActions(t, shown, () => setPeriodOpen(true)), [t, shown])
  useActions(own.all)
  const offered = useOffered()
  const navigation = useMemo(
    () =>
      screensOf(features).flatMap((screen): BoundAction[] => {
        if (!screen.key) return []
        const action = defineAction(`ui.go.${screen.path}`, {
          label: () => t('shell.action.goTo', { page: screen.title(t) }),
          key: screen.key,
          scope: 'everywhere',
          run: () => go(screen.path),
        })
        return [bindAction(action, undefined)!]
      }),
    [features, t, go],
  )
  useGlobalKeys([...offered, ...navigation], own.always, run)
  useDesktop(features, offered)
  usePeriodInAddress(features)
  useFocusOnNewPage(main)
  useRememberedScreen(features)

  return (
    <div className={classes.shell} data-collapsed={collapsed}>
      <button type="button" className={classes.skip} onClick={() => main.current?.focus()}>
        {t('shell.skipToContent')}
      </button>
      <Rail features={features} />
      <header className={classes.bar}>
        <span className={classes.workspaceName} title={workspace.name}>
          {workspace.name}
        </span>
        {workspace.demo ? <DemoMenu /> : null}
        <span className={classes.spacer} />
        <button
          type="button"
          className={classes.searchButton}
          aria-keyshortcuts="Control+K"
          onClick={() => setPalette({ open: true })}
        >
          <IconSearch size={16} stroke={1.75} aria-hidden="true" />
          <span>{t('shell.palette.open')}</span>
          <KeyHint keys="mod+k" />
        </button>
        <PeriodPicker opened={periodOpen} onChange={setPeriodOpen} />
        <Bell />
        <PersonMenu />
      </header>
      <main ref={main} className={classes.main} tabIndex={-1}>
        <Outlet />
      </main>
      <StatusStrip />
      <Palette features={features} />
      <ShortcutsDialog features={features} />
    </div>
  )
}

/** The features with the screens that the acting person may use. */
function useAllowed(features: readonly Feature[]): readonly Feature[] {
  const may = useMay()
  return useMemo(
    () =>
      features.map(feature => ({
        ...feature,
        screens: feature.screens.filter(screen => screen.needs === undefined || may(screen.needs)),
      })),
    [features, may],
  )
}

/** Addresses of pages with figures of a period carry it, so that they can be sent; opening one takes it over. */
function usePeriodInAddress(features: readonly Feature[]): void {
  const { path, params, setParams } = useAddress()
  const [kept, keep] = useKeptPeriod()
  useEffect(() => {
    if (!screenAt(path, features)?.usesPeriod) return
    const named = periodOf(params)
    if (named === null) {
      const next = new URLSearchParams(params)
      next.set(PERIOD_PARAM, periodToText(kept))
      setParams(next, { replace: true })
    } else if (periodToText(named) !== periodToText(kept)) keep(named)
  }, [path, params, setParams, kept, keep, features])
}

/** The next start begins where one was. */
function useRememberedScreen(features: readonly Feature[]): void {
  const { pathname } = useLocation()
  useEffect(() => {
    const screen = screenAt(pathname, features)
    if (screen?.inRail) useLayout.getState().set({ lastScreen: screen.path })
  }, [pathname, features])
}

/** A new page begins at its title for whoever hears it; a changed filter does not move the focus. */
function useFocusOnNewPage(main: React.RefObject<HTMLElement | null>): void {
  const { pathname } = useLocation()
  const before = useRef(pathname)
  useEffect(() => {
    if (before.current === pathname) return
    before.current = pathname
    main.current?.focus({ preventScroll: true })
  }, [pathname, main])
}
