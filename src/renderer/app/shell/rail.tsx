import { ActionIcon, Tooltip } from '@mantine/core'
import {
  IconChevronDown,
  IconChevronUp,
  IconCompass,
  IconLayoutSidebarLeftCollapse,
  IconLayoutSidebarLeftExpand,
} from '@tabler/icons-react'
import { Link, useLocation } from '@tanstack/react-router'
import { useTranslation } from 'react-i18next'
import { useLayout } from '#renderer/state/layout.ts'
import { KeyHint } from '#renderer/ui/display/key-hint.tsx'
import type { Feature, Screen } from '../feature.ts'
import { isAt } from '../navigation.ts'
import classes from './shell.module.css'

/** The rail at the left: what there is, by feature. */
export function Rail({ features }: { readonly features: readonly Feature[] }) {
  const { t } = useTranslation()
  const collapsed = useLayout(state => state.railCollapsed)
  const set = useLayout(state => state.set)
  const label = collapsed ? t('shell.rail.expand') : t('shell.rail.collapse')
  return (
    <nav className={classes.rail} aria-label={t('shell.rail.label')}>
      <div className={classes.brand}>
        <IconCompass size={22} stroke={1.75} aria-hidden="true" />
        {collapsed ? null : t('shell.product')}
      </div>
      {features.map(feature => (
        <RailGroup key={feature.id} feature={feature} collapsed={collapsed} />
      ))}
      <div className={classes.railFoot}>
        <ActionIcon aria-label={label} title={label} onClick={() => set({ railCollapsed: !collapsed })}>
          {collapsed ? (
            <IconLayoutSidebarLeftExpand size={18} />
          ) : (
            <IconLayoutSidebarLeftCollapse size={18} />
          )}
        </ActionIcon>
      </div>
    </nav>
  )
}

/** A feature with its screens; those that are rarely gone to stand behind *More*, but for the one that is shown. */
function RailGroup({ feature, collapsed }: { readonly feature: Feature; readonly collapsed: boolean }) {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const openedOnes = useLayout(state => state.railOpened)
  const set = useLayout(state => state.set)
  const name = t(`shell.feature.${feature.id}`)
  const opened = openedOnes.includes(feature.id)
  const all = feature.screens.filter(screen => screen.inRail)
  const folded = all.filter(screen => screen.folded)
  const shown = all.filter(screen => !screen.folded || opened || isAt(pathname, screen))
  const Chevron = opened ? IconChevronUp : IconChevronDown
  const toggle = () =>
    set({
      railOpened: opened ? openedOnes.filter(one => one !== feature.id) : [...openedOnes, feature.id],
    })
  return (
    <section className={classes.group} aria-label={name}>
      {collapsed ? null : <h2>{name}</h2>}
      <ul>
        {shown.map(screen => (
          <li key={screen.path}>
            <RailItem screen={screen} feature={feature} collapsed={collapsed} />
          </li>
        ))}
        {folded.length === 0 ? null : (
          <li>
            <button
              type="button"
              className={classes.item}
              aria-expanded={opened}
              aria-label={t('shell.rail.moreOf', { feature: name })}
              title={collapsed ? t('shell.rail.moreOf', { feature: name }) : undefined}
              onClick={toggle}
            >
              <Chevron size={18} stroke={1.75} aria-hidden="true" />
              {collapsed ? null : <span>{opened ? t('shell.rail.less') : t('shell.rail.more')}</span>}
            </button>
          </li>
        )}
      </ul>
    </section>
  )
}

function RailItem(props: {
  readonly screen: Screen
  readonly feature: Feature
  readonly collapsed: boolean
}) {
  const { t } = useTranslation()
  const { pathname } = useLocation()
  const { screen, collapsed } = props
  const Icon = screen.icon ?? props.feature.icon
  const title = screen.title(t)
  const link = (
    <Link
      to={screen.path}
      className={classes.item}
      aria-current={isAt(pathname, screen) ? 'page' : undefined}
      aria-label={collapsed ? title : undefined}
    >
      <Icon size={18} stroke={1.75} aria-hidden="true" />
      {collapsed ? null : <span>{title}</span>}
      {screen.badge ? (
        <span className={classes.itemBadge}>
          <screen.badge />
        </span>
      ) : null}
      {screen.key && !collapsed ? (
        <span className={classes.itemKey}>
          <KeyHint keys={screen.key} tight />
        </span>
      ) : null}
    </Link>
  )
  return collapsed ? (
    <Tooltip label={title} position="right">
      {link}
    </Tooltip>
  ) : (
    link
  )
}
