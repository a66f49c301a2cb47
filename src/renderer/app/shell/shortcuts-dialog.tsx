import type { ReactNode } from 'react'
import { useTranslation } from 'react-i18next'
import { usePalette } from '#renderer/state/palette.ts'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import { GRID_KEYS } from '#renderer/ui/grid/grid-keys.ts'
import { Dialog } from '#renderer/ui/overlay/dialog.tsx'
import type { Feature } from '../feature.ts'
import { screensOf } from '../navigation.ts'
import classes from './shell.module.css'
import { useOffered } from './use-offered.ts'

/** The keys of the current page, of every page, and of tables. */
export function ShortcutsDialog({ features }: { readonly features: readonly Feature[] }) {
  const { t } = useTranslation()
  const opened = usePalette(state => state.shortcutsOpen)
  const set = usePalette(state => state.set)
  return (
    <Dialog
      opened={opened}
      onClose={() => set({ shortcutsOpen: false })}
      title={t('shell.shortcuts.title')}
      size="lg"
    >
      <ShortcutList features={features} />
    </Dialog>
  )
}

/** The list itself, for the dialog and for the page about the application. */
export function ShortcutList({ features }: { readonly features: readonly Feature[] }) {
  const { t } = useTranslation()
  const offered = useOffered().filter(action => action.key !== undefined)
  const page = offered.filter(action => action.scope === 'page')
  const everywhere = offered.filter(action => action.scope === 'everywhere')
  const screens = screensOf(features).filter(screen => screen.key !== undefined)
  return (
    <div className={classes.shortcuts}>
      <Group title={t('shell.shortcuts.thisPage')}>
        {page.length === 0 ? <li className={classes.note}>{t('shell.shortcuts.none')}</li> : null}
        {page.map(action => (
          <Line key={action.id} label={action.label} keys={action.key!} />
        ))}
      </Group>
      <Group title={t('shell.shortcuts.everywhere')}>
        {everywhere.map(action => (
          <Line key={action.id} label={action.label} keys={action.key!} />
        ))}
      </Group>
      <Group title={t('shell.shortcuts.goTo')}>
        {screens.map(screen => (
          <Line key={screen.path} label={screen.title(t)} keys={screen.key!} />
        ))}
      </Group>
      <Group title={t('shell.shortcuts.grid')}>
        {GRID_KEYS.map(([word, keys]) => (
          <Line key={keys} label={t(`ui.grid.keys.${word}`)} keys={keys} />
        ))}
      </Group>
    </div>
  )
}

function Group({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <section>
      <h3>{title}</h3>
      <ul>{children}</ul>
    </section>
  )
}

/** Key caps are for the eye; whoever hears the page hears the keys as words. */
function Line({ label, keys }: { readonly label: string; readonly keys: string }) {
  return (
    <li>
      <span>{label}</span>
      <span className="qd-visually-hidden">{keys}</span>
      <KeyHint keys={keys} />
    </li>
  )
}
