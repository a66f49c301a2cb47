import { useEffect, useRef } from 'react'
import { useTranslation } from 'react-i18next'
import { useLayout } from '#renderer/state/layout.ts'
import type { BoundAction } from '#renderer/ui/actions/action.ts'
import { useRunAction } from '#renderer/ui/actions/use-actions.tsx'
import type { MenuGroup } from '#shared/preload-api.ts'
import { useGo } from '../address.ts'
import { useCore } from '../core/hooks.ts'
import type { Feature } from '../feature.ts'

/** A shortcut as menus write it: `mod+shift+l` → `Mod+Shift+L`. A sequence has no such form. */
export function menuShortcut(keys: string | undefined): { readonly shortcut: string } | Record<never, never> {
  if (!keys || keys.includes(' ')) return {}
  return {
    shortcut: keys
      .split('+')
      .map(part => part.replace(/^./, letter => letter.toUpperCase()))
      .join('+'),
  }
}

/** In Electron: the application menu shows what can be done, links and menu entries are followed, the theme is told. */
export function useDesktop(features: readonly Feature[], offered: readonly BoundAction[]): void {
  const { t } = useTranslation()
  const { desktop } = useCore()
  const theme = useLayout(state => state.theme)
  const go = useGo()
  const run = useRunAction()
  const latest = useRef({ offered, run })
  latest.current = { offered, run }

  useEffect(() => void desktop?.setTheme(theme), [desktop, theme])
  useEffect(() => desktop?.onNavigate(go), [desktop, go])
  useEffect(
    () =>
      desktop?.onAction(id => {
        if (id.startsWith('/')) {
          go(id)
          return
        }
        const action = latest.current.offered.find(candidate => candidate.id === id)
        if (action) latest.current.run(action)
      }),
    [desktop, go],
  )
  useEffect(() => {
    if (!desktop) return
    const asMenu = (actions: readonly BoundAction[]) =>
      actions.map(action => ({ id: action.id, label: action.label, ...menuShortcut(action.key) }))
    const groups: MenuGroup[] = [
      ...features.map(feature => ({
        label: t(`shell.feature.${feature.id}`),
        actions: feature.screens
          .filter(screen => !screen.path.includes('$'))
          .map(screen => ({ id: screen.path, label: screen.title(t) })),
      })),
      {
        label: t('shell.shortcuts.thisPage'),
        actions: asMenu(offered.filter(action => action.scope === 'page')),
      },
      {
        label: t('shell.shortcuts.everywhere'),
        actions: asMenu(offered.filter(action => action.scope === 'everywhere')),
      },
    ]
    void desktop.setMenu(groups.filter(group => group.actions.length > 0))
  }, [desktop, features, offered, t])
}
