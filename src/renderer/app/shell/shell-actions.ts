import {
  IconCalendar,
  IconCommand,
  IconContrast2,
  IconKeyboard,
  IconLayoutSidebar,
  IconMoonStars,
  IconRowInsertBottom,
} from '@tabler/icons-react'
import type { i18n } from 'i18next'
import { useLayout } from '#renderer/state/layout.ts'
import { usePalette } from '#renderer/state/palette.ts'
import { type BoundAction, bindAction, defineAction } from '#renderer/ui/actions/action.ts'

/** What the shell itself offers on every page. */
export function shellActions(
  t: i18n['t'],
  shown: { readonly theme: 'light' | 'dark' },
  openPeriod: () => void,
): { readonly always: readonly BoundAction[]; readonly all: readonly BoundAction[] } {
  const layout = useLayout.getState
  const palette = usePalette.getState
  const everywhere = { scope: 'everywhere' } as const
  const bound = (action: Parameters<typeof bindAction<void>>[0]) => bindAction(action, undefined)
  const openPalette = bound(
    defineAction('ui.palette.open', {
      ...everywhere,
      label: () => t('shell.action.palette'),
      key: 'mod+k',
      icon: IconCommand,
      run: () => palette().set({ open: !palette().open }),
    }),
  )
  const rest = [
    defineAction('ui.shortcuts.open', {
      ...everywhere,
      label: () => t('shell.action.shortcuts'),
      key: '?',
      icon: IconKeyboard,
      run: () => palette().set({ shortcutsOpen: true }),
    }),
    defineAction('ui.period.open', {
      ...everywhere,
      label: () => t('shell.action.period'),
      key: 'shift+p',
      icon: IconCalendar,
      run: openPeriod,
    }),
    defineAction('ui.rail.toggle', {
      ...everywhere,
      label: () => t('shell.action.toggleRail'),
      key: 'mod+b',
      icon: IconLayoutSidebar,
      run: () => layout().set({ railCollapsed: !layout().railCollapsed }),
    }),
    defineAction('ui.theme.toggle', {
      ...everywhere,
      label: () => t('shell.action.toggleTheme'),
      key: 'mod+shift+l',
      icon: IconMoonStars,
      run: () => layout().set({ theme: shown.theme === 'dark' ? 'light' : 'dark' }),
    }),
    defineAction('ui.contrast.toggle', {
      ...everywhere,
      label: () => t('shell.action.toggleContrast'),
      icon: IconContrast2,
      run: () => layout().set({ contrast: !layout().contrast }),
    }),
    defineAction('ui.density.toggle', {
      ...everywhere,
      label: () => t('shell.action.toggleDensity'),
      icon: IconRowInsertBottom,
      run: () => layout().set({ density: layout().density === 'compact' ? 'comfortable' : 'compact' }),
    }),
  ].map(bound)
  const always = [openPalette].filter(action => action !== null)
  return { always, all: [...always, ...rest.filter(action => action !== null)] }
}
